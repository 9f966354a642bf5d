// Tells the thread sanitizer of GLib's locks, which are futexes and so nothing that it knows. GStreamer hands everything
// over behind them: closures, probes, buffers, messages. Without this each of them is a race of whoever made it and
// whoever is called with it. To be loaded before GLib; what GLib locks within itself does not come by here, as where its main
// loops hand something over: the sanitizer sees only that they are woken, and they need not be. By one of them webrtcbin
// gets a promise, which it answers on a thread of its own; so it is told that making one comes before answering it.
#include <dlfcn.h>
#include <gst/gst.h>

extern "C" {
// Of the sanitizer: what was done before a release is done before what comes behind the acquire of the same address.
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}

// GLib's or GStreamer's own function of that name.
#define NEXT(name) reinterpret_cast<decltype(&name)>(dlsym(RTLD_NEXT, #name))

extern "C" {

void g_mutex_lock(GMutex* mutex) {
  static const auto next = NEXT(g_mutex_lock);
  next(mutex);
  __tsan_acquire(mutex);
}

gboolean g_mutex_trylock(GMutex* mutex) {
  static const auto next = NEXT(g_mutex_trylock);
  const gboolean is_locked = next(mutex);
  if (is_locked) __tsan_acquire(mutex);
  return is_locked;
}

void g_mutex_unlock(GMutex* mutex) {
  static const auto next = NEXT(g_mutex_unlock);
  __tsan_release(mutex);
  next(mutex);
}

void g_cond_wait(GCond* cond, GMutex* mutex) {
  static const auto next = NEXT(g_cond_wait);
  __tsan_release(mutex);
  next(cond, mutex);
  __tsan_acquire(mutex);
}

gboolean g_cond_wait_until(GCond* cond, GMutex* mutex, gint64 end_time) {
  static const auto next = NEXT(g_cond_wait_until);
  __tsan_release(mutex);
  const gboolean is_in_time = next(cond, mutex, end_time);
  __tsan_acquire(mutex);
  return is_in_time;
}

GstPromise* gst_promise_new_with_change_func(GstPromiseChangeFunc changed, gpointer data, GDestroyNotify free) {
  static const auto next = NEXT(gst_promise_new_with_change_func);
  GstPromise* const promise = next(changed, data, free);
  __tsan_release(promise);
  return promise;
}

void gst_promise_reply(GstPromise* promise, GstStructure* reply) {
  static const auto next = NEXT(gst_promise_reply);
  __tsan_acquire(promise);
  next(promise, reply);
}
}
