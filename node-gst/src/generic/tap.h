// Signals of an object that an emission brought, connected natively inside that emission, so that none is missed.
#pragma once
#include <glib-object.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "generic/object.h"

namespace generic {

// A tapped signal, and what of it may be queued to JavaScript; 0 is no limit. TapSignal in index.d.ts.
struct TapOptions {
  std::string signal;
  uint32_t max_length = 0;
  uint32_t max_pending = 0;
  uint32_t per_second = 0;
};

// The option `tap` of `on`; empty where there is none. JS thread.
std::vector<TapOptions> TapsFromJs(const Args& args, const Napi::Object& options);

// Decides, before anything is copied, whether a call of one tapped signal may be queued. Any thread; `lock_` is a leaf,
// held for some additions.
class TapLimit {
 public:
  explicit TapLimit(TapOptions options) : options_(std::move(options)) {}

  const std::string& signal() const { return options_.signal; }
  // False, and counted, where a limit is reached. Otherwise Leave() is to follow when JavaScript has had the call.
  bool Enter(guint count, const GValue* values, int64_t now_us) noexcept;
  void Leave() noexcept;
  uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  bool Fits(guint count, const GValue* values) const noexcept;
  bool Reserve(int64_t now_us) noexcept;

  const TapOptions options_;
  std::atomic<uint64_t> dropped_{0};
  std::mutex lock_;
  uint32_t pending_ = 0;
  // When as many calls as were let in would have come at the allowed rate.
  int64_t due_us_ = 0;
};

// The taps of one object. Any thread. `lock_` makes the emission itself reach the mailbox before what the tapped object
// emits; it is held while connecting and for one enqueue.
class Tap : public std::enable_shared_from_this<Tap> {
 public:
  explicit Tap(std::shared_ptr<Mailbox> mailbox);

  uint32_t id() const { return id_; }
  // Connects to `object` before anybody else can make it emit, then calls `announce`.
  void Connect(GObject* object, const std::vector<TapOptions>& signals, const std::function<void()>& announce);
  void Disconnect(GObject* object);
  // Nobody will hear it.
  void Mute() noexcept { live_ = false; }
  uint64_t dropped() const noexcept;

 private:
  static void Marshal(GClosure* closure, GValue*, guint count, const GValue* values, gpointer, gpointer) noexcept;

  const std::shared_ptr<Mailbox> mailbox_;
  const uint32_t id_;
  std::mutex lock_;
  std::vector<gulong> handlers_;
  // Constant once connected.
  std::vector<std::shared_ptr<TapLimit>> limits_;
  std::atomic<bool> live_{true};
};

// The tapped object's wrapper owns this: disposing it ends the tap, and so does `off` of the signal that brought it.
struct TapCallback : Callback {
  TapCallback(Wrapper& wrapper, const Napi::Value& function, std::shared_ptr<Tap> tap)
      : Callback(wrapper, function), tap(std::move(tap)) {}
  ~TapCallback() override { tap->Disconnect(owner->object()); }
  uint64_t dropped() const override { return tap->dropped(); }

  const std::shared_ptr<Tap> tap;
};

}  // namespace generic
