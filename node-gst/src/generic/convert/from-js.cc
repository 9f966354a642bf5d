#include <gst/webrtc/webrtc.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include "generic/args.h"
#include "generic/convert/convert.h"
#include "generic/generic.h"

namespace generic {

namespace {

// The value being converted and what it is for.
struct Source {
  const Napi::Value& value;
  const std::string& what;

  [[noreturn]] void Fail(const std::string& allowed) const {
    throw Napi::TypeError::New(value.Env(), what + " must be " + allowed + ", got " + Describe(value));
  }
  [[noreturn]] void Impossible(GType type) const {
    throw Napi::TypeError::New(value.Env(), what + " is a " + g_type_name(type) + ", which no value of JavaScript becomes");
  }
};

template <typename Integer>
Integer IntegerFrom(const Source& source) {
  using Limits = std::numeric_limits<Integer>;
  const std::string allowed =
      "an integer from " + std::to_string(Limits::min()) + " to " + std::to_string(Limits::max());
  if (source.value.IsBigInt()) {
    bool lossless = false;
    if constexpr (std::is_signed_v<Integer>) {
      const int64_t number = source.value.As<Napi::BigInt>().Int64Value(&lossless);
      if (lossless && number >= Limits::min() && number <= Limits::max()) return static_cast<Integer>(number);
    } else {
      const uint64_t number = source.value.As<Napi::BigInt>().Uint64Value(&lossless);
      if (lossless && number <= Limits::max()) return static_cast<Integer>(number);
    }
    source.Fail(allowed);
  }
  if (!source.value.IsNumber()) source.Fail(allowed);
  const double number = source.value.As<Napi::Number>().DoubleValue();
  if (!(std::abs(number) <= kSafeInteger) || std::trunc(number) != number) source.Fail(allowed);
  if (number < static_cast<double>(Limits::min()) || number > static_cast<double>(Limits::max())) source.Fail(allowed);
  return static_cast<Integer>(number);
}

double NumberFrom(const Source& source) {
  if (!source.value.IsNumber()) source.Fail("a number");
  return source.value.As<Napi::Number>().DoubleValue();
}

gint EnumFrom(const Source& source, GType type) {
  auto* enums = static_cast<GEnumClass*>(g_type_class_ref(type));
  const std::string nick = source.value.IsString() ? source.value.As<Napi::String>().Utf8Value() : "";
  const GEnumValue* found = g_enum_get_value_by_nick(enums, nick.c_str());
  std::string allowed = "one of";
  for (guint i = 0; i < enums->n_values; ++i) allowed += std::string(i == 0 ? " " : ", ") + enums->values[i].value_nick;
  g_type_class_unref(enums);
  if (found == nullptr) source.Fail(allowed);
  return found->value;
}

guint FlagsFrom(const Source& source, GType type) {
  auto* flags = static_cast<GFlagsClass*>(g_type_class_ref(type));
  std::string allowed = "\"\" or some of";
  for (guint i = 0; i < flags->n_values; ++i) allowed += std::string(i == 0 ? " " : ", ") + flags->values[i].value_nick;
  allowed += ", joined by +";
  guint result = 0;
  bool valid = source.value.IsString();
  const GStrvPtr nicks(g_strsplit(valid ? source.value.As<Napi::String>().Utf8Value().c_str() : "", "+", -1));
  for (gchar** nick = nicks.get(); *nick != nullptr; ++nick) {
    const GFlagsValue* flag = g_flags_get_value_by_nick(flags, *nick);
    if (flag == nullptr) valid = false;
    if (flag != nullptr) result |= flag->value;
  }
  g_type_class_unref(flags);
  if (!valid) source.Fail(allowed);
  return result;
}

GObject* ObjectFrom(const Source& source, GType type) {
  if (source.value.IsNull()) return nullptr;
  try {
    return Unwrap(source.value, type);
  } catch (const Napi::Error&) {
    source.Fail(std::string("a live ") + g_type_name(type) + " or null");
  }
}

Napi::Uint8Array BytesFrom(const Source& source) {
  const bool bytes = source.value.IsTypedArray() && source.value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
  if (!bytes) source.Fail("a Uint8Array or null");
  return source.value.As<Napi::Uint8Array>();
}

// parse_buffer() takes nearly every text; what it refuses is refused here, the rest is the caller's to check.
GstWebRTCSessionDescription* SdpFrom(const Source& source) {
  constexpr const char* kAllowed = "{ type: 'offer' | 'answer' | 'pranswer' | 'rollback', sdp: string } or null";
  if (!source.value.IsObject()) source.Fail(kAllowed);
  const auto object = source.value.As<Napi::Object>();
  const Napi::Value type = object.Get("type");
  const int types[] = {GST_WEBRTC_SDP_TYPE_OFFER, GST_WEBRTC_SDP_TYPE_PRANSWER, GST_WEBRTC_SDP_TYPE_ANSWER,
                       GST_WEBRTC_SDP_TYPE_ROLLBACK};
  const std::string name = type.IsString() ? type.As<Napi::String>().Utf8Value() : "";
  for (const int candidate : types) {
    const auto known = static_cast<GstWebRTCSDPType>(candidate);
    if (name != gst_webrtc_sdp_type_to_string(known)) continue;
    const std::string text = TextOf(object.Get("sdp"), source.what + ": sdp");
    GstSDPMessage* message = nullptr;
    gst_sdp_message_new(&message);
    GstSDPMessagePtr owned(message);
    if (text.empty() || gst_sdp_message_parse_buffer(reinterpret_cast<const guint8*>(text.data()),
                                                     static_cast<guint>(text.size()), message) != GST_SDP_OK) {
      throw Napi::TypeError::New(source.value.Env(), source.what + ": sdp cannot be parsed");
    }
    return gst_webrtc_session_description_new(known, owned.release());
  }
  source.Fail(kAllowed);
}

GValueHolder ListFrom(const Source& source, GType type, const GParamSpec* spec);

// For elements of lists without a declared type.
GType GuessType(const Source& source) {
  if (source.value.IsBoolean()) return G_TYPE_BOOLEAN;
  if (source.value.IsString()) return G_TYPE_STRING;
  if (source.value.IsBigInt()) return G_TYPE_INT64;
  if (source.value.IsArray()) return GST_TYPE_ARRAY;
  if (!source.value.IsNumber()) source.Fail("a boolean, number, bigint, string or array of these");
  const double number = source.value.As<Napi::Number>().DoubleValue();
  const bool integer = std::trunc(number) == number && std::abs(number) <= G_MAXINT;
  return integer ? G_TYPE_INT : G_TYPE_DOUBLE;
}

GValueHolder ListFrom(const Source& source, GType type, const GParamSpec* spec) {
  if (!source.value.IsArray()) source.Fail("an array");
  const GParamSpec* element =
      spec != nullptr && GST_IS_PARAM_SPEC_ARRAY_LIST(spec) ? GST_PARAM_SPEC_ARRAY_LIST(spec)->element_spec : nullptr;
  const auto array = source.value.As<Napi::Array>();
  GValueHolder list(type);
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::Value item = array.Get(i);
    const std::string what = source.what + '[' + std::to_string(i) + ']';
    const GType item_type = element != nullptr ? element->value_type : GuessType({item, what});
    const GValueHolder value = FromJs(item, item_type, element, what);
    if (type == GST_TYPE_LIST) {
      gst_value_list_append_value(list.get(), value.get());
    } else {
      gst_value_array_append_value(list.get(), value.get());
    }
  }
  return list;
}

// Boxed and GStreamer's fundamental types; null is a null pointer for those that have one.
GValueHolder OtherFrom(const Source& source, GType type, const GParamSpec* spec) {
  if (type == GST_TYPE_ARRAY || type == GST_TYPE_LIST) return ListFrom(source, type, spec);
  GValueHolder result(type);
  // Old elements follow its pointer without a look.
  if (type == g_type_from_name("GValueArray")) source.Impossible(type);
  if (G_TYPE_IS_BOXED(type) && source.value.IsNull()) return result;
  const auto text = [&] { return TextOf(source.value, source.what); };
  const auto take = [&](gpointer boxed) { g_value_take_boxed(result.get(), boxed); };
  if (type == GST_TYPE_WEBRTC_SESSION_DESCRIPTION) {
    take(SdpFrom(source));
  } else if (type == G_TYPE_BYTES) {
    const auto bytes = BytesFrom(source);
    take(g_bytes_new(bytes.Data(), bytes.ByteLength()));
  } else if (type == GST_TYPE_BUFFER) {
    const auto bytes = BytesFrom(source);
    GstBuffer* buffer = gst_buffer_new_allocate(nullptr, bytes.ByteLength(), nullptr);
    if (bytes.ByteLength() > 0) gst_buffer_fill(buffer, 0, bytes.Data(), bytes.ByteLength());
    take(buffer);
  } else if (type == GST_TYPE_CAPS) {
    GstCaps* caps = gst_caps_from_string(text().c_str());
    if (caps == nullptr) source.Fail("caps in GStreamer's syntax or null");
    take(caps);
  } else if (type == GST_TYPE_STRUCTURE) {
    GstStructure* structure = source.value.IsString() ? gst_structure_from_string(text().c_str(), nullptr) : nullptr;
    if (structure == nullptr) source.Fail("a structure in GStreamer's syntax or null");
    take(structure);
  } else if (type == G_TYPE_STRV || type == GST_TYPE_PROMISE || type == G_TYPE_ERROR) {
    source.Impossible(type);
  } else if (!source.value.IsString() || !gst_value_deserialize(result.get(), text().c_str())) {
    source.Fail(std::string("a ") + g_type_name(type) + " in GStreamer's syntax");
  }
  return result;
}

// Whatever the property's own specification forbids would be changed silently by GObject.
void CheckRange(const Source& source, const GValueHolder& value, const GParamSpec* spec) {
  GValueHolder copy(*value.get());
  // Shared by all who set this property; validation only reads it.
  if (!g_param_value_validate(const_cast<GParamSpec*>(spec), copy.get())) return;
  std::string allowed = "a value its specification allows";
  const auto range = [&](auto minimum, auto maximum) {
    std::ostringstream text;
    text << "from " << minimum << " to " << maximum;
    allowed = text.str();
  };
  if (G_IS_PARAM_SPEC_INT(spec)) range(G_PARAM_SPEC_INT(spec)->minimum, G_PARAM_SPEC_INT(spec)->maximum);
  if (G_IS_PARAM_SPEC_UINT(spec)) range(G_PARAM_SPEC_UINT(spec)->minimum, G_PARAM_SPEC_UINT(spec)->maximum);
  if (G_IS_PARAM_SPEC_INT64(spec)) range(G_PARAM_SPEC_INT64(spec)->minimum, G_PARAM_SPEC_INT64(spec)->maximum);
  if (G_IS_PARAM_SPEC_UINT64(spec)) range(G_PARAM_SPEC_UINT64(spec)->minimum, G_PARAM_SPEC_UINT64(spec)->maximum);
  if (G_IS_PARAM_SPEC_FLOAT(spec)) range(G_PARAM_SPEC_FLOAT(spec)->minimum, G_PARAM_SPEC_FLOAT(spec)->maximum);
  if (G_IS_PARAM_SPEC_DOUBLE(spec)) range(G_PARAM_SPEC_DOUBLE(spec)->minimum, G_PARAM_SPEC_DOUBLE(spec)->maximum);
  source.Fail(allowed);
}

GValueHolder Convert(const Source& source, GType type, const GParamSpec* spec) {
  GValueHolder result;
  const auto init = [&] { return g_value_init(result.get(), type); };
  switch (G_TYPE_FUNDAMENTAL(type)) {
    case G_TYPE_BOOLEAN:
      if (!source.value.IsBoolean()) source.Fail("a boolean");
      g_value_set_boolean(init(), source.value.As<Napi::Boolean>().Value());
      break;
    case G_TYPE_INT:
      g_value_set_int(init(), IntegerFrom<gint>(source));
      break;
    case G_TYPE_UINT:
      g_value_set_uint(init(), IntegerFrom<guint>(source));
      break;
    case G_TYPE_LONG:
      g_value_set_long(init(), IntegerFrom<glong>(source));
      break;
    case G_TYPE_ULONG:
      g_value_set_ulong(init(), IntegerFrom<gulong>(source));
      break;
    case G_TYPE_INT64:
      g_value_set_int64(init(), IntegerFrom<gint64>(source));
      break;
    case G_TYPE_UINT64:
      g_value_set_uint64(init(), IntegerFrom<guint64>(source));
      break;
    case G_TYPE_FLOAT:
      g_value_set_float(init(), static_cast<gfloat>(NumberFrom(source)));
      break;
    case G_TYPE_DOUBLE:
      g_value_set_double(init(), NumberFrom(source));
      break;
    case G_TYPE_ENUM:
      g_value_set_enum(init(), EnumFrom(source, type));
      break;
    case G_TYPE_FLAGS:
      g_value_set_flags(init(), FlagsFrom(source, type));
      break;
    case G_TYPE_STRING:
      g_value_set_string(init(), source.value.IsNull() ? nullptr : TextOf(source.value, source.what).c_str());
      break;
    case G_TYPE_OBJECT:
    case G_TYPE_INTERFACE:
      g_value_set_object(init(), ObjectFrom(source, type));
      break;
    case G_TYPE_POINTER:
    case G_TYPE_PARAM:
    case G_TYPE_CHAR:
    case G_TYPE_UCHAR:
      source.Impossible(type);
    default:
      result = OtherFrom(source, type, spec);
  }
  return result;
}

}  // namespace

GValueHolder FromJs(const Napi::Value& value, GType type, const GParamSpec* spec, const std::string& what) {
  const Source source{value, what};
  GValueHolder result = Convert(source, type, spec);
  if (spec != nullptr) CheckRange(source, result, spec);
  return result;
}

}  // namespace generic
