#include "generic/pool.h"

#include <memory>
#include <utility>

namespace generic {

namespace {

class Work : public Napi::AsyncWorker {
 public:
  Work(Environment& environment, std::function<void()> execute, std::function<void(Environment&)> done)
      : AsyncWorker(environment.env(), "node-gst"),
        environment_(environment.shared_from_this()),
        execute_(std::move(execute)),
        done_(std::move(done)) {}

  void Execute() override { execute_(); }

  void OnWorkComplete(Napi::Env env, napi_status) override {
    const Napi::HandleScope scope(env);
    Guard(env, [&] { done_(*environment_); });
    Destroy();
  }

 private:
  const std::shared_ptr<Environment> environment_;
  const std::function<void()> execute_;
  const std::function<void(Environment&)> done_;
};

}  // namespace

void RunOnPool(Environment& environment, std::function<void()> execute, std::function<void(Environment&)> done) {
  (new Work(environment, std::move(execute), std::move(done)))->Queue();
}

}  // namespace generic
