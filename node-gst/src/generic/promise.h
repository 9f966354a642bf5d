// Action signals that GStreamer answers with a GstPromise.
#pragma once
#include "generic/in-flight.h"
#include "generic/object.h"

namespace generic {

// One promise without an answer, in Environment::promises. JS thread.
class PendingPromise {
 public:
  PendingPromise(std::shared_ptr<Operation> operation, std::shared_ptr<Record> record, Napi::Promise::Deferred deferred)
      : deferred(deferred), operation_(std::move(operation)), record_(std::move(record)) {}
  // For an environment that ends: a promise must not be freed without an answer, and none is awaited any more.
  void Break() { operation_->Interrupt(); }

  const Napi::Promise::Deferred deferred;

 private:
  // Its reference is dropped here, on the JS thread and after the change function: inside it, it could be the last one.
  const std::shared_ptr<Operation> operation_;
  // The object lives until it has answered.
  const std::shared_ptr<Record> record_;
};

Napi::Value EmitPromise(Wrapper& self, const Args& args);

}  // namespace generic
