#include <gst/webrtc/webrtc.h>

#include <cmath>
#include <cstring>

#include "generic/convert/convert.h"
#include "generic/error.h"
#include "generic/object.h"

namespace generic {

namespace {

// Compares a GType known only at run time with those that are function calls.
bool Is(GType type, GType known) { return g_type_is_a(type, known); }

Napi::Value TextOrNull(Napi::Env env, const char* text) {
  return text == nullptr ? env.Null() : Napi::String::New(env, text).As<Napi::Value>();
}

Napi::Value OwnTextOrNull(Napi::Env env, gchar* text) { return TextOrNull(env, GCharPtr(text).get()); }

template <typename Integer>
Napi::Value IntegerToJs(Napi::Env env, Integer number) {
  const auto wide = static_cast<double>(number);
  if (std::abs(wide) <= kSafeInteger) return Napi::Number::New(env, wide);
  return Napi::BigInt::New(env, number);
}

Napi::Value EnumToJs(Napi::Env env, const GValue* value) {
  auto* enums = static_cast<GEnumClass*>(g_type_class_ref(G_VALUE_TYPE(value)));
  const GEnumValue* found = g_enum_get_value(enums, g_value_get_enum(value));
  g_type_class_unref(enums);  // the class of a static enum stays
  if (found != nullptr) return Napi::String::New(env, found->value_nick);
  return Napi::String::New(env, std::to_string(g_value_get_enum(value)));
}

Napi::Value FlagsToJs(Napi::Env env, const GValue* value) {
  auto* flags = static_cast<GFlagsClass*>(g_type_class_ref(G_VALUE_TYPE(value)));
  guint rest = g_value_get_flags(value);
  std::string text;
  for (const GFlagsValue* flag = g_flags_get_first_value(flags, rest); rest != 0 && flag != nullptr && flag->value != 0;
       flag = g_flags_get_first_value(flags, rest)) {
    text.append(text.empty() ? "" : "+").append(flag->value_nick);
    rest &= ~flag->value;
  }
  g_type_class_unref(flags);
  return Napi::String::New(env, text);
}

Napi::Value BytesToJs(Napi::Env env, const void* data, size_t size) {
  auto bytes = Napi::Uint8Array::New(env, size);
  if (size > 0) std::memcpy(bytes.Data(), data, size);
  return bytes;
}

Napi::Value BufferToJs(Napi::Env env, GstBuffer* buffer) {
  auto bytes = Napi::Uint8Array::New(env, gst_buffer_get_size(buffer));
  if (bytes.ByteLength() > 0) gst_buffer_extract(buffer, 0, bytes.Data(), bytes.ByteLength());
  return bytes;
}

Napi::Value SdpToJs(Napi::Env env, const GstWebRTCSessionDescription* description) {
  const GCharPtr text(description->sdp != nullptr ? gst_sdp_message_as_text(description->sdp) : nullptr);
  const Napi::Object sdp = Napi::Object::New(env);
  sdp.Set("type", gst_webrtc_sdp_type_to_string(description->type));
  sdp.Set("sdp", text ? text.get() : "");
  return sdp;
}

Napi::Value ErrorToJs(Napi::Env env, const GError* error) {
  const ErrorText text = ErrorText::Of(error);
  const Napi::Object object = Napi::Object::New(env);
  object.Set("message", text.message);
  object.Set("domain", text.domain);
  object.Set("code", text.code);
  return object;
}

template <typename At>
Napi::Value ListToJs(Environment& environment, guint size, At at, const std::string& what) {
  const Napi::Array array = Napi::Array::New(environment.env(), size);
  for (guint i = 0; i < size; ++i) array.Set(i, ToJs(environment, at(i), what));
  return array;
}

Napi::Value StrvToJs(Napi::Env env, gchar** strings) {
  const Napi::Array array = Napi::Array::New(env);
  for (uint32_t i = 0; strings[i] != nullptr; ++i) array.Set(i, Napi::String::New(env, strings[i]));
  return array;
}

Napi::Value BoxedToJs(Environment& environment, const GValue* value, const std::string& what) {
  const Napi::Env env = environment.env();
  const GType type = G_VALUE_TYPE(value);
  gpointer boxed = g_value_get_boxed(value);
  if (boxed == nullptr) return env.Null();
  if (Is(type, GST_TYPE_CAPS)) return OwnTextOrNull(env, gst_caps_to_string(static_cast<GstCaps*>(boxed)));
  if (Is(type, GST_TYPE_STRUCTURE)) return StructureToJs(environment, static_cast<GstStructure*>(boxed), what);
  if (Is(type, GST_TYPE_WEBRTC_SESSION_DESCRIPTION)) {
    return SdpToJs(env, static_cast<GstWebRTCSessionDescription*>(boxed));
  }
  if (Is(type, G_TYPE_ERROR)) return ErrorToJs(env, static_cast<GError*>(boxed));
  if (Is(type, G_TYPE_STRV)) return StrvToJs(env, static_cast<gchar**>(boxed));
  if (Is(type, GST_TYPE_BUFFER)) return BufferToJs(env, static_cast<GstBuffer*>(boxed));
  if (Is(type, G_TYPE_BYTES)) {
    gsize size = 0;
    const void* data = g_bytes_get_data(static_cast<GBytes*>(boxed), &size);
    return BytesToJs(env, data, size);
  }
  // Types with a text of their own: ranges, bitmasks, dates, …
  if (gchar* text = gst_value_serialize(value); text != nullptr) return OwnTextOrNull(env, text);
  throw Napi::TypeError::New(env, what + " is a " + g_type_name(type) + ", which has no form in JavaScript");
}

// Fundamental types that GStreamer adds.
Napi::Value GstFundamentalToJs(Environment& environment, const GValue* value, const std::string& what) {
  const Napi::Env env = environment.env();
  if (GST_VALUE_HOLDS_ARRAY(value)) {
    const auto at = [&](guint i) { return gst_value_array_get_value(value, i); };
    return ListToJs(environment, gst_value_array_get_size(value), at, what);
  }
  if (GST_VALUE_HOLDS_LIST(value)) {
    const auto at = [&](guint i) { return gst_value_list_get_value(value, i); };
    return ListToJs(environment, gst_value_list_get_size(value), at, what);
  }
  if (gchar* text = gst_value_serialize(value); text != nullptr) return OwnTextOrNull(env, text);
  throw Napi::TypeError::New(env, what + " is a " + G_VALUE_TYPE_NAME(value) + ", which has no form in JavaScript");
}

}  // namespace

Napi::Value ToJs(Environment& environment, const GValue* value, const std::string& what) {
  const Napi::Env env = environment.env();
  switch (G_TYPE_FUNDAMENTAL(G_VALUE_TYPE(value))) {
    case G_TYPE_BOOLEAN:
      return Napi::Boolean::New(env, g_value_get_boolean(value));
    case G_TYPE_CHAR:
      return Napi::Number::New(env, g_value_get_schar(value));
    case G_TYPE_UCHAR:
      return Napi::Number::New(env, g_value_get_uchar(value));
    case G_TYPE_INT:
      return Napi::Number::New(env, g_value_get_int(value));
    case G_TYPE_UINT:
      return Napi::Number::New(env, g_value_get_uint(value));
    case G_TYPE_LONG:
      return IntegerToJs<int64_t>(env, g_value_get_long(value));
    case G_TYPE_ULONG:
      return IntegerToJs<uint64_t>(env, g_value_get_ulong(value));
    case G_TYPE_INT64:
      return IntegerToJs<int64_t>(env, g_value_get_int64(value));
    case G_TYPE_UINT64:
      return IntegerToJs<uint64_t>(env, g_value_get_uint64(value));
    case G_TYPE_FLOAT:
      return Napi::Number::New(env, g_value_get_float(value));
    case G_TYPE_DOUBLE:
      return Napi::Number::New(env, g_value_get_double(value));
    case G_TYPE_ENUM:
      return EnumToJs(env, value);
    case G_TYPE_FLAGS:
      return FlagsToJs(env, value);
    case G_TYPE_STRING:
      return TextOrNull(env, g_value_get_string(value));
    case G_TYPE_PARAM:
      return TextOrNull(env, g_param_spec_get_name(g_value_get_param(value)));
    case G_TYPE_OBJECT:
    case G_TYPE_INTERFACE:
      return WrapOrNull(environment, g_value_get_object(value));
    case G_TYPE_BOXED:
      return BoxedToJs(environment, value, what);
    case G_TYPE_POINTER:
      if (G_VALUE_TYPE(value) == G_TYPE_GTYPE) return TextOrNull(env, g_type_name(g_value_get_gtype(value)));
      throw Napi::TypeError::New(env, what + " is a " + G_VALUE_TYPE_NAME(value) + ", which has no form in JavaScript");
    default:
      return GstFundamentalToJs(environment, value, what);
  }
}

Napi::Value StructureToJs(Environment& environment, const GstStructure* structure, const std::string& what) {
  const Napi::Env env = environment.env();
  if (structure == nullptr) return env.Null();
  const Napi::Object object = Napi::Object::New(env);
  for (gint i = 0; i < gst_structure_n_fields(structure); ++i) {
    const char* field = gst_structure_nth_field_name(structure, static_cast<guint>(i));
    object.Set(field, ToJs(environment, gst_structure_get_value(structure, field), what + '.' + field));
  }
  return object;
}

}  // namespace generic
