// RAII for the references the media half holds on GStreamer objects.
#pragma once
#include <gst/gst.h>

#include <utility>

namespace media {

// One strong reference of a GObject. Not thread safe itself, like any value.
template <typename T>
class GstRef {
 public:
  GstRef() = default;
  // Takes over the caller's reference ("transfer full").
  static GstRef Take(T* object) { return GstRef(object); }
  // Adds a reference of its own ("transfer none").
  static GstRef Share(T* object) {
    if (object != nullptr) g_object_ref(object);
    return GstRef(object);
  }
  GstRef(GstRef&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  GstRef(const GstRef& other) : GstRef(Share(other.object_)) {}
  GstRef& operator=(GstRef other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~GstRef() {
    if (object_ != nullptr) g_object_unref(object_);
  }

  T* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  explicit GstRef(T* object) : object_(object) {}
  T* object_ = nullptr;
};

}  // namespace media
