// Defects that must be found, and what must not be taken for one: PLANTED says which it is. An addon for Node.
#include <gst/gst.h>

#include <atomic>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>

namespace {

volatile int sink;
// Not known to the compiler.
volatile int one = 1;

void UseAfterFree() {
  int* const number = new int(one);
  delete number;
  sink = *number;
}

// As GObjects and GStreamer's are made.
void UseSliceAfterFree() {
  auto* const number = g_slice_new(int);
  *number = one;
  g_slice_free(int, number);
  sink = *number;
}

void Leak() {
  int* volatile lost = new int(one);
  lost = nullptr;
}

// By GLib, for whoever calls.
void LeakOfText() {
  char* volatile lost = g_strdup("lost");
  lost = nullptr;
}

void Overflow() { sink = INT_MAX - 1 + one + one; }

// Of one race alone the sanitizer may have lost who was there before, and of one leak the address may still be on a stack:
// then it says nothing.
constexpr int kTimes = 10;

int shared;

void Race() {
  std::thread other([] { shared = 1; });
  shared = 2;
  other.join();
  sink = shared;
}

char copied[64];

// By the C library, which the sanitizer stands for: the addon has called it.
void RaceOfCopies() {
  static char from[64];
  const auto copy = [] { std::memcpy(copied, from, sizeof(copied) - one); };
  std::thread other(copy);
  copy();
  other.join();
  sink = copied[0];
}

// By a lock of GLib, and no other way.
void HandOver() {
  static GMutex mutex;
  static GCond cond;
  static int* given;
  std::thread taker([] {
    g_mutex_lock(&mutex);
    while (given == nullptr) g_cond_wait(&cond, &mutex);
    g_mutex_unlock(&mutex);
    sink = *given;
  });
  int* const made = new int(one);
  g_mutex_lock(&mutex);
  given = made;
  g_cond_signal(&cond);
  g_mutex_unlock(&mutex);
  taker.join();
  delete made;
}

// By being made before it is answered, and no other way.
void Promise() {
  gst_init(nullptr, nullptr);
  static std::atomic<GstPromise*> given;
  std::thread taker([] {
    GstPromise* promise = nullptr;
    while (promise == nullptr) promise = given.load(std::memory_order_relaxed);
    gst_promise_reply(promise, nullptr);
  });
  int* const made = new int(one);
  const auto read = [](GstPromise*, gpointer made) { sink = *static_cast<int*>(made); };
  GstPromise* const promise = gst_promise_new_with_change_func(read, made, nullptr);
  given.store(promise, std::memory_order_relaxed);
  taker.join();
  gst_promise_unref(promise);
  delete made;
}

void Commit() {
  const char* const planted = std::getenv("PLANTED");
  const std::string_view name = planted == nullptr ? "" : planted;
  if (name == "use after free") UseAfterFree();
  if (name == "use of a slice after free") UseSliceAfterFree();
  if (name == "overflow") Overflow();
  for (int n = 0; n < kTimes; ++n) {
    if (name == "leak") Leak();
    if (name == "leak of text") LeakOfText();
    if (name == "race") Race();
    if (name == "race of copies") RaceOfCopies();
  }
  if (name == "hand-over") HandOver();
  if (name == "promise") Promise();
}

}  // namespace

// Where Node begins an addon (node_api.h). Not while it is loaded: threads and reports need the loader's lock.
extern "C" __attribute__((visibility("default"))) void* napi_register_module_v1(void* /* env */, void* exports) {
  Commit();
  return exports;
}
