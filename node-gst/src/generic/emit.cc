#include "generic/emit.h"

#include <utility>

#include "generic/convert/convert.h"

namespace generic {

namespace {

// g_signal_emitv wants a plain array.
static_assert(sizeof(GValueHolder) == sizeof(GValue));

}  // namespace

Emission Emission::Parse(Wrapper& self, const Args& args, bool promise) {
  const std::string name = args.Text(0, "signal");
  const std::string owner = G_OBJECT_TYPE_NAME(self.object());
  Emission emission{};
  if (!g_signal_parse_name(name.c_str(), G_OBJECT_TYPE(self.object()), &emission.id, &emission.detail, FALSE)) {
    args.Fail(owner + " has no signal \"" + name + '"');
  }
  GSignalQuery& query = emission.query;
  g_signal_query(emission.id, &query);
  if ((query.signal_flags & G_SIGNAL_ACTION) == 0) args.Fail("\"" + name + "\" of " + owner + " is no action signal");
  const bool answered = query.n_params > 0 && query.param_types[query.n_params - 1] == GST_TYPE_PROMISE;
  if (answered != promise) {
    args.Fail("\"" + name + '"' + (answered ? " is answered by a promise: use emitPromise" : " has no promise: use emit"));
  }
  const guint count = query.n_params - (promise ? 1 : 0);
  if (args.size() - 1 != count) {
    args.Fail("\"" + name + "\" takes " + std::to_string(count) + " arguments, got " + std::to_string(args.size() - 1));
  }
  GValueHolder instance(G_OBJECT_TYPE(self.object()));
  g_value_set_object(instance.get(), self.object());
  emission.values.push_back(std::move(instance));
  for (guint i = 0; i < count; ++i) {
    const GType type = query.param_types[i] & ~G_SIGNAL_TYPE_STATIC_SCOPE;
    const std::string what = std::string(args.function()) + ": argument " + std::to_string(i + 1) + " of \"" + name + '"';
    emission.values.push_back(FromJs(args[i + 1], type, nullptr, what));
  }
  return emission;
}

GValueHolder Emission::Run() {
  const GType type = query.return_type & ~G_SIGNAL_TYPE_STATIC_SCOPE;
  GValueHolder result = type == G_TYPE_NONE ? GValueHolder() : GValueHolder(type);
  g_signal_emitv(values.front().get(), id, detail, type == G_TYPE_NONE ? nullptr : result.get());
  return result;
}

Napi::Value Emit(Wrapper& self, const Args& args) {
  const GValueHolder result = Emission::Parse(self, args, false).Run();
  if (!G_IS_VALUE(result.get())) return self.env().Null();
  return ToJs(self.environment(), result.get(), "emit: the result of \"" + args.Text(0, "signal") + '"');
}

}  // namespace generic
