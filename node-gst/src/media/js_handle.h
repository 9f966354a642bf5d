// JS objects that hold a native one: a shared_ptr behind a type tag, so that any other receiver is a TypeError and
// never a crash. Objects belong to their environment; what they hold does not. JS thread of `env` throughout.
#pragma once
#include <napi.h>

#include <memory>
#include <string>

namespace media {

template <class T>
Napi::Object MakeHandle(Napi::Env env, std::shared_ptr<T> native, const napi_type_tag& tag) {
  Napi::Object object = Napi::Object::New(env);
  auto holder = std::make_unique<std::shared_ptr<T>>(std::move(native));
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<T>*>(data); };
  NAPI_THROW_IF_FAILED(env, napi_wrap(env, object, holder.get(), finalize, nullptr, nullptr), Napi::Object());
  holder.release();
  object.TypeTag(&tag);
  return object;
}

// Throws a JS TypeError where `value` is no handle with this tag; `name` is what was expected.
template <class T>
std::shared_ptr<T> FromHandle(const Napi::Value& value, const napi_type_tag& tag, const char* name) {
  if (value.IsObject()) {
    const auto object = value.As<Napi::Object>();
    void* data = nullptr;
    if (object.CheckTypeTag(&tag) && napi_unwrap(value.Env(), value, &data) == napi_ok) {
      return *static_cast<std::shared_ptr<T>*>(data);
    }
  }
  throw Napi::TypeError::New(value.Env(), std::string("expected a ") + name);
}

template <class Callback>
void AddMethod(Napi::Object& object, const char* name, Callback callback) {
  object.DefineProperty(
      Napi::PropertyDescriptor::Value(name, Napi::Function::New(object.Env(), callback, name), napi_enumerable));
}

inline void AddValue(Napi::Object& object, const char* name, Napi::Value value) {
  object.DefineProperty(Napi::PropertyDescriptor::Value(name, value, napi_enumerable));
}

}  // namespace media
