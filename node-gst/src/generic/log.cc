#include "generic/log.h"

#include <gst/gst.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "generic/args.h"
#include "generic/env.h"

namespace generic {

namespace {

constexpr size_t kMaxLines = 1000;
constexpr size_t kMaxText = 2000;

struct Line {
  GstDebugLevel level;
  std::string category;
  std::string object;
  std::string text;
};

struct Batch {
  std::vector<Line> lines;
  double lost = 0;
};

// Lines on their way to one environment. Any thread writes and never waits for JavaScript: what is beyond `kMaxLines` is
// dropped and counted. `lock_` is a leaf, held for the move of a line or of the whole batch.
class LogQueue : public std::enable_shared_from_this<LogQueue> {
 public:
  explicit LogQueue(std::shared_ptr<Mailbox> mailbox) : mailbox_(std::move(mailbox)) {}

  void Write(Line line);

  Batch Take() {
    const std::lock_guard guard(lock_);
    posted_ = false;
    return std::exchange(batch_, {});
  }

 private:
  const std::shared_ptr<Mailbox> mailbox_;
  std::mutex lock_;
  Batch batch_;
  bool posted_ = false;
};

// Where lines go now. `lock` is a leaf, held for a copy of the pointer.
struct Target {
  std::mutex lock;
  std::shared_ptr<LogQueue> queue;

  std::shared_ptr<LogQueue> Get() {
    const std::lock_guard guard(lock);
    return queue;
  }
  void Set(std::shared_ptr<LogQueue> next) {
    const std::lock_guard guard(lock);
    queue.swap(next);
  }
};

Target& TheTarget() {
  static auto* const target = new Target();  // GStreamer logs to the very end of the process
  return *target;
}

const char* LevelName(GstDebugLevel level) {
  switch (level) {
    case GST_LEVEL_ERROR:
      return "error";
    case GST_LEVEL_WARNING:
      return "warning";
    case GST_LEVEL_FIXME:
      return "fixme";
    case GST_LEVEL_INFO:
      return "info";
    case GST_LEVEL_DEBUG:
      return "debug";
    default:
      return "trace";
  }
}

class LogEvent : public Task {
 public:
  explicit LogEvent(std::shared_ptr<LogQueue> queue) : queue_(std::move(queue)) {}

  void Run(Environment& environment) override {
    const Batch batch = queue_->Take();
    if (environment.log_listener.IsEmpty()) return;
    const Napi::Env env = environment.env();
    Napi::Array lines = Napi::Array::New(env, batch.lines.size());
    for (uint32_t i = 0; i < batch.lines.size(); ++i) {
      const Line& line = batch.lines[i];
      const Napi::Object object = Napi::Object::New(env);
      object.Set("level", LevelName(line.level));
      object.Set("category", line.category);
      object.Set("object", line.object);
      object.Set("text", line.text);
      lines[i] = object;
    }
    environment.Call(environment.log_listener.Value(), {lines, Napi::Number::New(env, batch.lost)});
  }

 private:
  const std::shared_ptr<LogQueue> queue_;
};

void LogQueue::Write(Line line) {
  {
    const std::lock_guard guard(lock_);
    if (batch_.lines.size() >= kMaxLines) {
      batch_.lost += 1;
    } else {
      batch_.lines.push_back(std::move(line));
    }
    if (std::exchange(posted_, true)) return;
  }
  mailbox_->Post(std::make_unique<LogEvent>(shared_from_this()));
}

// Without the object's lock, which whoever logs may hold.
std::string NameOf(GObject* object) {
  if (object == nullptr || !GST_IS_OBJECT(object)) return "";
  const auto* named = GST_OBJECT_CAST(object);
  const GstObject* parent = GST_IS_PAD(object) ? GST_OBJECT_PARENT(named) : nullptr;
  const auto name = [](const GstObject* from) { return std::string(from->name == nullptr ? "" : from->name); };
  return parent == nullptr ? name(named) : name(parent) + ":" + name(named);
}

void OnLine(GstDebugCategory* category, GstDebugLevel level, const gchar*, const gchar*, gint, GObject* object,
            GstDebugMessage* message, gpointer) {
  const auto queue = TheTarget().Get();
  if (!queue) return;
  const gchar* text = gst_debug_message_get(message);
  Line line{level, gst_debug_category_get_name(category), NameOf(object), text == nullptr ? "" : text};
  if (line.text.size() > kMaxText) line.text.resize(kMaxText);
  queue->Write(std::move(line));
}

// GStreamer's own way out is taken away, unless it goes into a file that somebody asked for.
void Install() {
  static std::once_flag installed;
  std::call_once(installed, [] {
    if (g_getenv("GST_DEBUG_FILE") == nullptr) gst_debug_remove_log_function(gst_debug_log_default);
    gst_debug_add_log_function(OnLine, nullptr, nullptr);
  });
}

Napi::Value OnLog(const Napi::CallbackInfo& info) {
  const Args args(info, "onLog");
  Environment& environment = Environment::Of(info.Env());
  if (!args.has(0)) {
    TheTarget().Set(nullptr);
    environment.log_listener.Reset();
    return info.Env().Undefined();
  }
  environment.log_listener = Napi::Persistent(args.Function(0, "listener"));
  TheTarget().Set(std::make_shared<LogQueue>(environment.mailbox()));
  Install();
  return info.Env().Undefined();
}

}  // namespace

void RegisterLog(Napi::Env env, Napi::Object exports) {
  exports.Set("onLog", Napi::Function::New<OnLog>(env, "onLog"));
}

}  // namespace generic
