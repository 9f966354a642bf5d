// Messages: a sync handler copies what listeners want and drops the rest, so that nothing piles up on a bus nobody reads and a
// talkative one costs those nothing who want little of it.
#pragma once
#include <mutex>
#include <optional>
#include <vector>

#include "generic/error.h"
#include "generic/object.h"

namespace generic {

// The handler of one pipeline, owned by it and by its bus. Messages come on any thread. `lock_` is a leaf: nothing is called under it.
class BusTap {
 public:
  // On a pipeline just made, before anybody else has it.
  static void Install(GstPipeline* pipeline, std::shared_ptr<Mailbox> mailbox);
  // Null where `element` is no pipeline of ours. Any thread; valid while the element is.
  static BusTap* Find(GstElement* element);

  BusTap(GstPipeline* pipeline, std::shared_ptr<Mailbox> mailbox);

  // `types` is null for all of them.
  void Listen(uint32_t id, std::optional<std::vector<GstMessageType>> types);
  void Unlisten(uint32_t id);
  void ForgetError();
  // Since it was forgotten; the first names the cause, those behind it follow from it.
  std::optional<ErrorText> FirstError();
  // Takes the handler away and flushes the bus, for ever. The pipeline must be in NULL.
  void Close(GstElement* pipeline);

 private:
  struct Listener {
    uint32_t id;
    std::optional<std::vector<GstMessageType>> types;

    bool Wants(GstMessageType type) const;
  };

  void Handle(GstMessage* message);
  std::vector<uint32_t> Wanting(GstMessageType type);

  const std::shared_ptr<Mailbox> mailbox_;
  // Of the pipeline, for latency tasks that outlive it.
  const std::shared_ptr<struct LatencyTarget> latency_;
  std::mutex lock_;
  std::vector<Listener> listeners_;
  std::optional<ErrorText> error_;
};

Napi::Value OnBus(Wrapper& self, const Args& args);
Napi::Value OffBus(Wrapper& self, const Args& args);

}  // namespace generic
