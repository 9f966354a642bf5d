#include "generic/promise.h"

#include <utility>

#include "generic/convert/convert.h"
#include "generic/emit.h"
#include "generic/error.h"
#include "generic/in-flight.h"

namespace generic {

namespace {

// The answer on its way to the JS thread.
class Answer : public Task {
 public:
  Answer(uint32_t id, GstPromiseResult result, GstStructurePtr reply) : id_(id), result_(result), reply_(std::move(reply)) {}

  void Run(Environment& environment) override {
    const auto found = environment.promises.extract(id_);
    if (found.empty()) return;
    environment.Release();
    Settle(environment, found.mapped()->deferred);
  }

 private:
  void Settle(Environment& environment, const Napi::Promise::Deferred& deferred) {
    if (result_ != GST_PROMISE_RESULT_REPLIED) {
      const char* message =
          result_ == GST_PROMISE_RESULT_EXPIRED ? "the promise expired" : "the element was stopped before it answered";
      return deferred.Reject(GstError(environment, {message, "node-gst", 0}).Value());
    }
    if (const GValue* error = reply_ ? gst_structure_get_value(reply_.get(), "error") : nullptr;
        error != nullptr && G_VALUE_HOLDS(error, G_TYPE_ERROR)) {
      const auto* gerror = static_cast<const GError*>(g_value_get_boxed(error));
      return deferred.Reject(GstError(environment, ErrorText::Of(gerror)).Value());
    }
    try {
      deferred.Resolve(StructureToJs(environment, reply_.get(), "emitPromise: the reply"));
    } catch (const Napi::Error& error) {
      deferred.Reject(error.Value());
    }
  }

  const uint32_t id_;
  const GstPromiseResult result_;
  const GstStructurePtr reply_;
};

// Of any thread, and so never written to: it is whole before there is a promise.
struct Return {
  const std::shared_ptr<Mailbox> mailbox;
  const uint32_t id;
  const std::weak_ptr<Operation> operation;  // which owns the promise that owns this
};

// Any thread, webrtcbin's lock may be held: copies and posts.
void OnChange(GstPromise* promise, gpointer data) {
  const auto& back = *static_cast<const Return*>(data);
  if (const auto operation = back.operation.lock()) operation->Answered();
  const GstPromiseResult result = gst_promise_wait(promise);
  const GstStructure* reply = result == GST_PROMISE_RESULT_REPLIED ? gst_promise_get_reply(promise) : nullptr;
  GstStructurePtr copy(reply != nullptr ? gst_structure_copy(reply) : nullptr);
  back.mailbox->Post(std::make_unique<Answer>(back.id, result, std::move(copy)));
}

}  // namespace

Napi::Value EmitPromise(Wrapper& self, const Args& args) {
  Environment& environment = self.environment();
  const std::shared_ptr<Record> record = self.record();
  Emission emission = Emission::Parse(self, args, true);
  // Throws where the environment is ending: before there is a promise that must not be freed without an answer.
  const auto deferred = Napi::Promise::Deferred::New(self.env());
  const uint32_t id = NextId();
  const auto group = InFlight::Of(self.object());
  const auto operation = std::make_shared<Operation>(group);
  const auto free = [](gpointer data) { delete static_cast<const Return*>(data); };
  operation->Take(GstMini<GstPromise>(
      gst_promise_new_with_change_func(OnChange, new Return{environment.mailbox(), id, operation}, free)));
  group->Begin(operation);
  GValueHolder argument(GST_TYPE_PROMISE);
  g_value_set_boxed(argument.get(), operation->promise());
  emission.values.push_back(std::move(argument));
  environment.promises.emplace(id, std::make_unique<PendingPromise>(operation, record, deferred));
  environment.Hold();
  emission.Run();
  return deferred.Promise();
}

}  // namespace generic
