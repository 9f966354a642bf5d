// Action signals that GStreamer answers with a GstPromise.
#pragma once
#include "generic/object.h"

namespace generic {

// One promise without an answer, in Environment::promises. JS thread.
class PendingPromise {
 public:
  PendingPromise(GstMini<GstPromise> promise, std::shared_ptr<Record> record, Napi::Promise::Deferred deferred)
      : deferred(deferred), promise_(std::move(promise)), record_(std::move(record)) {}
  // For an environment that ends: a promise must not be freed without an answer, and none is awaited any more.
  void Break() { gst_promise_interrupt(promise_.get()); }

  const Napi::Promise::Deferred deferred;

 private:
  // Our reference is dropped here, on the JS thread and after the change function: inside it, it could be the last one.
  const GstMini<GstPromise> promise_;
  // The object lives until it has answered.
  const std::shared_ptr<Record> record_;
};

Napi::Value EmitPromise(Wrapper& self, const Args& args);

}  // namespace generic
