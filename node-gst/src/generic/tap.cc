#include "generic/tap.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "generic/arguments.h"
#include "generic/closure.h"

namespace generic {

namespace {

constexpr int64_t kSecondUs = 1'000'000;

struct TapPoint {
  std::shared_ptr<Tap> tap;
  std::shared_ptr<TapLimit> limit;
};

// A signal of a tapped object, let in by its limit.
class TappedEvent : public Task {
 public:
  TappedEvent(uint32_t id, std::shared_ptr<TapLimit> limit, Values values)
      : id_(id), limit_(std::move(limit)), values_(std::move(values)) {}
  ~TappedEvent() override { limit_->Leave(); }

  void Run(Environment& environment) override {
    const auto found = environment.callbacks.find(id_);
    if (found == environment.callbacks.end()) return;
    const Callback& callback = *found->second;
    const std::string& signal = limit_->signal();
    std::vector<napi_value> arguments = ArgumentsToJs(environment, values_, signal);
    arguments.insert(arguments.begin(), {Napi::String::New(environment.env(), signal), callback.owner->self()});
    environment.Call(callback.function.Value(), arguments);
  }

 private:
  const uint32_t id_;
  const std::shared_ptr<TapLimit> limit_;
  const Values values_;
};

uint32_t LimitFromJs(const Args& args, const Napi::Object& options, const char* name) {
  const Napi::Value value = options.Get(name);
  if (value.IsUndefined()) return 0;
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
  if (!(number >= 1 && number <= INT32_MAX) || number != static_cast<double>(static_cast<uint32_t>(number))) {
    args.Fail(std::string("\"") + name + "\" of a tap must be a positive integer, got " + Describe(value));
  }
  return static_cast<uint32_t>(number);
}

TapOptions TapFromJs(const Args& args, const Napi::Value& value, const std::string& what) {
  if (!value.IsObject()) return {TextOf(value, what)};
  const auto options = value.As<Napi::Object>();
  TapOptions tap{TextOf(options.Get("signal"), what + ".signal")};
  tap.max_length = LimitFromJs(args, options, "maxLength");
  tap.max_pending = LimitFromJs(args, options, "maxPending");
  tap.per_second = LimitFromJs(args, options, "perSecond");
  return tap;
}

}  // namespace

std::vector<TapOptions> TapsFromJs(const Args& args, const Napi::Object& options) {
  const Napi::Value value = options.Get("tap");
  std::vector<TapOptions> taps;
  if (value.IsUndefined()) return taps;
  if (!value.IsArray()) args.Fail("option \"tap\" must be an array of signal names, got " + Describe(value));
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); ++i) {
    taps.push_back(TapFromJs(args, array.Get(i), "on: tap[" + std::to_string(i) + ']'));
  }
  return taps;
}

bool TapLimit::Enter(guint count, const GValue* values, int64_t now_us) noexcept {
  if (Fits(count, values) && Reserve(now_us)) return true;
  dropped_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

bool TapLimit::Fits(guint count, const GValue* values) const noexcept {
  if (options_.max_length == 0) return true;
  for (guint i = 1; i < count; ++i) {
    if (!G_VALUE_HOLDS_STRING(&values[i])) continue;
    const char* text = g_value_get_string(&values[i]);
    if (text != nullptr && strnlen(text, options_.max_length + size_t{1}) > options_.max_length) return false;
  }
  return true;
}

bool TapLimit::Reserve(int64_t now_us) noexcept {
  const std::lock_guard guard(lock_);
  if (options_.max_pending != 0 && pending_ >= options_.max_pending) return false;
  if (options_.per_second != 0) {
    // At most a second ahead: so many at once, then one for each that is due.
    const int64_t due = std::max(due_us_, now_us) + kSecondUs / options_.per_second;
    if (due - now_us > kSecondUs) return false;
    due_us_ = due;
  }
  pending_ += 1;
  return true;
}

void TapLimit::Leave() noexcept {
  const std::lock_guard guard(lock_);
  pending_ -= 1;
}

Tap::Tap(std::shared_ptr<Mailbox> mailbox) : mailbox_(std::move(mailbox)), id_(NextId()) {}

void Tap::Connect(GObject* object, const std::vector<TapOptions>& signals, const std::function<void()>& announce) {
  const std::lock_guard guard(lock_);
  for (const TapOptions& options : signals) {
    if (!SignalExists(G_OBJECT_TYPE(object), options.signal)) continue;
    limits_.push_back(std::make_shared<TapLimit>(options));
    GClosure* closure = Closure<TapPoint>::New({shared_from_this(), limits_.back()}, Marshal);
    handlers_.push_back(g_signal_connect_closure(object, options.signal.c_str(), closure, FALSE));
  }
  announce();
}

void Tap::Disconnect(GObject* object) {
  const std::lock_guard guard(lock_);
  for (const gulong handler : std::exchange(handlers_, {})) g_signal_handler_disconnect(object, handler);
}

uint64_t Tap::dropped() const noexcept {
  uint64_t sum = 0;
  for (const auto& limit : limits_) sum += limit->dropped();
  return sum;
}

// Runs inside the emission, on any thread and under any lock of the emitter.
void Tap::Marshal(GClosure* closure, GValue*, guint count, const GValue* values, gpointer, gpointer) noexcept {
  const auto& [tap, limit] = Closure<TapPoint>::Data(closure);
  if (!tap->live_ || !limit->Enter(count, values, g_get_monotonic_time())) return;
  auto event = std::make_unique<TappedEvent>(tap->id_, limit, CopyArguments(limit->signal(), count, values));
  { const std::lock_guard after_the_emission(tap->lock_); }
  tap->mailbox_->Post(std::move(event));
}

}  // namespace generic
