// Arguments of a JS call, checked one by one; every complaint names the function, the argument and what is allowed.
#pragma once
#include <glib-object.h>
#include <napi.h>

#include <optional>
#include <string>
#include <vector>

namespace generic {

// A value as it appears in a complaint: short, with its type.
std::string Describe(const Napi::Value& value);

// Text without NUL, which would end it early on the native side.
std::string TextOf(const Napi::Value& value, const std::string& what);

// JS thread, for the time of one call.
class Args {
 public:
  Args(const Napi::CallbackInfo& info, const char* function) : info_(info), function_(function) {}

  Napi::Env env() const { return info_.Env(); }
  const char* function() const { return function_; }
  size_t size() const { return info_.Length(); }
  Napi::Value operator[](size_t index) const { return info_[index]; }
  bool has(size_t index) const { return index < size() && !info_[index].IsUndefined() && !info_[index].IsNull(); }

  std::string Text(size_t index, const char* name) const;
  std::optional<std::string> OptionalText(size_t index, const char* name) const;
  GObject* Object(size_t index, const char* name, GType type) const;
  Napi::Function Function(size_t index, const char* name) const;
  uint32_t Id(size_t index, const char* name) const;

  // `get: "property"`
  std::string What(const char* name) const;
  [[noreturn]] void Fail(const std::string& message) const;

 private:
  const Napi::CallbackInfo& info_;
  const char* const function_;
};

}  // namespace generic
