#include "generic/error.h"

namespace generic {

ErrorText ErrorText::Of(const GError* error) {
  const char* domain = g_quark_to_string(error->domain);
  return {error->message != nullptr ? error->message : "unknown error", domain != nullptr ? domain : "", error->code};
}

Napi::Error GstError(Environment& environment, const ErrorText& error) {
  const Napi::Env env = environment.env();
  if (environment.error_class.IsEmpty()) return Napi::Error::New(env, error.message);
  const Napi::Object options = Napi::Object::New(env);
  options.Set("domain", error.domain);
  options.Set("code", error.code);
  const Napi::Object made = environment.error_class.Value().New({Napi::String::New(env, error.message), options});
  return Napi::Error(env, made);
}

}  // namespace generic
