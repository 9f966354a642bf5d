// RAII for every reference the addon holds. No class here has a lock: a holder belongs to one thread at a time, and is
// handed to another only by move.
#pragma once
#include <glib-object.h>
#include <gst/gst.h>
#include <gst/sdp/sdp.h>

#include <memory>
#include <utility>

// One reference of a GObject.
template <typename T>
class GObjectRef {
 public:
  GObjectRef() = default;
  GObjectRef(const GObjectRef& other) : object_(other.object_) {
    if (object_ != nullptr) g_object_ref(object_);
  }
  GObjectRef(GObjectRef&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  GObjectRef& operator=(GObjectRef other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~GObjectRef() {
    if (object_ != nullptr) g_object_unref(object_);
  }

  // Owns what the caller got "transfer full".
  static GObjectRef Take(T* object) { return GObjectRef(object); }
  // Owns a reference of its own; a floating one is left to whoever adopts the object.
  static GObjectRef Share(T* object) {
    if (object != nullptr) g_object_ref(object);
    return GObjectRef(object);
  }
  // For objects just made: owns the floating reference.
  static GObjectRef Sink(T* object) {
    if (object != nullptr) g_object_ref_sink(object);
    return GObjectRef(object);
  }

  T* get() const { return object_; }
  T* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  explicit GObjectRef(T* object) : object_(object) {}
  T* object_ = nullptr;
};

// A deleter made of a function, for std::unique_ptr.
template <auto Function>
struct FreeWith {
  template <typename T>
  void operator()(T* pointer) const {
    Function(pointer);
  }
};

// One reference of a GstMiniObject: T is GstCaps, GstMessage, GstEvent, GstBuffer, GstPromise, …
template <typename T>
struct UnrefMini {
  void operator()(T* object) const { gst_mini_object_unref(GST_MINI_OBJECT_CAST(object)); }
};
template <typename T>
using GstMini = std::unique_ptr<T, UnrefMini<T>>;

using GCharPtr = std::unique_ptr<gchar, FreeWith<g_free>>;
using GStrvPtr = std::unique_ptr<gchar*, FreeWith<g_strfreev>>;
using GErrorPtr = std::unique_ptr<GError, FreeWith<g_error_free>>;
using GBytesPtr = std::unique_ptr<GBytes, FreeWith<g_bytes_unref>>;
using GstStructurePtr = std::unique_ptr<GstStructure, FreeWith<gst_structure_free>>;
using GstSDPMessagePtr = std::unique_ptr<GstSDPMessage, FreeWith<gst_sdp_message_free>>;

// A GValue that is unset at the end. Movable bitwise, as GValue allows.
class GValueHolder {
 public:
  GValueHolder() = default;
  explicit GValueHolder(GType type) { g_value_init(&value_, type); }
  explicit GValueHolder(const GValue& source) : GValueHolder(G_VALUE_TYPE(&source)) { g_value_copy(&source, &value_); }
  GValueHolder(GValueHolder&& other) noexcept : value_(std::exchange(other.value_, GValue G_VALUE_INIT)) {}
  GValueHolder& operator=(GValueHolder&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~GValueHolder() {
    if (G_IS_VALUE(&value_)) g_value_unset(&value_);
  }

  GValue* get() { return &value_; }
  const GValue* get() const { return &value_; }

 private:
  GValue value_ = G_VALUE_INIT;
};
