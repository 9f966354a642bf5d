#include "generic/args.h"

#include "generic/generic.h"

namespace generic {

namespace {

constexpr size_t kQuoted = 60;

std::string Quoted(const std::string& text) {
  std::string quoted("\"");
  quoted.append(text, 0, kQuoted).append(text.size() > kQuoted ? "…\"" : "\"");
  return quoted;
}

}  // namespace

std::string Describe(const Napi::Value& value) {
  switch (value.Type()) {
    case napi_undefined:
      return "undefined";
    case napi_null:
      return "null";
    case napi_string:
      return Quoted(value.As<Napi::String>().Utf8Value());
    case napi_boolean:
    case napi_number:
      return value.ToString().Utf8Value();
    case napi_bigint:
      return value.ToString().Utf8Value() + "n";
    case napi_symbol:
      return "a symbol";
    case napi_function:
      return "a function";
    default:
      if (value.IsArray()) return "an array";
      if (value.IsTypedArray()) return "a typed array";
      return "an object";
  }
}

std::string TextOf(const Napi::Value& value, const std::string& what) {
  if (!value.IsString()) throw Napi::TypeError::New(value.Env(), what + " must be a string, got " + Describe(value));
  std::string text = value.As<Napi::String>().Utf8Value();
  if (text.find('\0') != std::string::npos) throw Napi::TypeError::New(value.Env(), what + " must not contain NUL");
  return text;
}

std::string Args::What(const char* name) const { return std::string(function_) + ": \"" + name + '"'; }

void Args::Fail(const std::string& message) const {
  throw Napi::TypeError::New(env(), std::string(function_) + ": " + message);
}

std::string Args::Text(size_t index, const char* name) const { return TextOf(info_[index], What(name)); }

std::optional<std::string> Args::OptionalText(size_t index, const char* name) const {
  if (!has(index)) return std::nullopt;
  return Text(index, name);
}

GObject* Args::Object(size_t index, const char* name, GType type) const {
  try {
    return Unwrap(info_[index], type);
  } catch (const Napi::Error& error) {
    throw Napi::TypeError::New(env(), What(name) + ": " + error.Message());
  }
}

Napi::Function Args::Function(size_t index, const char* name) const {
  if (!info_[index].IsFunction()) {
    throw Napi::TypeError::New(env(), What(name) + " must be a function, got " + Describe(info_[index]));
  }
  return info_[index].As<Napi::Function>();
}

uint32_t Args::Id(size_t index, const char* name) const {
  const Napi::Value value = info_[index];
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0 && number <= UINT32_MAX) || number != static_cast<double>(static_cast<uint32_t>(number))) {
    throw Napi::TypeError::New(env(), What(name) + " must be an id that on() or onBus() returned, got " + Describe(value));
  }
  return static_cast<uint32_t>(number);
}

}  // namespace generic
