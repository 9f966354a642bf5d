// Tells the thread sanitizer of GLib's locks, which are futexes and so nothing that it knows. GStreamer hands everything
// over behind them: closures, probes, buffers, messages. Without this each of them is a race of whoever made it and
// whoever is called with it. To be loaded before GLib; what GLib locks within itself does not come by here.
#include <dlfcn.h>
#include <glib.h>

extern "C" {
// Of the sanitizer: what was done before a release is done before what comes behind the acquire of the same address.
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}

// GLib's own function of that name.
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
}
