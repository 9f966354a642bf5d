#include "media/taps.h"

#include <agent.h>
#include <gio/gio.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <set>

#include "media/association_number.h"
#include "media/buffer_filter.h"
#include "media/direct/start.h"
#include "media/ice_state.h"
#include "media/ingest.h"
#include "media/peer_core.h"
#include "media/reception/direct_reception.h"
#include "media/repairs.h"
#include "media/rtcp.h"
#include "media/rtp.h"
#include "media/track.h"

namespace media {

struct Taps::State {
  std::shared_ptr<PeerCore> core;
  std::shared_ptr<SessionKeyframeSink> keyframes;
  // Null where webrtcbin receives.
  std::shared_ptr<DirectReception> reception;
  SystemClock clock;

  std::mutex mutex;
  // Written with the lock held, read by probes without it.
  std::atomic<bool> closed{false};
  std::atomic<bool> close_notify_sent{false};
  std::set<std::string> hooks;
  // Of this peer's SCTP; null where it has none.
  std::shared_ptr<const AssociationNumber> association;
  std::vector<GObjectRef<GstPad>> probes;
  std::vector<std::pair<GObjectRef<GstElement>, gulong>> handlers;
  Inside inside;
  // What Close found.
  Repairs repairs;

  // JS thread only.
  int64_t last_stamp_us = -1;
  int64_t changed_ns = 0;
};

namespace {

using State = Taps::State;
using StatePtr = std::shared_ptr<State>;

StatePtr& AsState(gpointer data) { return *static_cast<StatePtr*>(data); }
gpointer NewState(const StatePtr& state) { return new StatePtr(state); }
void FreeState(gpointer data) { delete static_cast<StatePtr*>(data); }
void FreeClosure(gpointer data, GClosure*) { FreeState(data); }

// Bits per second of media, of which 5 % are for RTCP. Left to itself, the session estimates from little more than 64
// kbit/s, and a request for a lost packet waits 300 ms for its turn: then it is too late for the picture. What is sent is
// bounded by what there is to tell (four clients that see each other: 70 reports a second each instead of 45).
constexpr double kBandwidth = 4e6;

// No datagram of media is larger.
constexpr size_t kMaxDatagram = 2048;

void TakeDatagram(State& state, Bytes datagram) {
  if (datagram.size() > kMaxDatagram) return;
  std::array<uint8_t, kMaxDatagram> copy;
  std::copy(datagram.begin(), datagram.end(), copy.begin());
  state.reception->OnDatagram(std::span(copy).first(datagram.size()), state.clock.Now());
}

GstPadProbeReturn OnDatagram(GstPad*, GstPadProbeInfo* info, gpointer data) {
  State& state = *AsState(data);
  return Filter(info, [&](Bytes datagram) {
    if (!DirectReception::IsMedia(datagram)) return Verdict::kRunOn;
    if (!state.closed) TakeDatagram(state, datagram);
    return Verdict::kDrop;
  });
}

GstPadProbeReturn OnRtp(GstPad*, GstPadProbeInfo* info, gpointer data) {
  State& state = *AsState(data);
  if (state.closed) return GST_PAD_PROBE_DROP;
  const int64_t now = state.clock.Now();
  return Filter(info, [&](Bytes packet) { return state.core->ingest().OnRtp(packet, now); });
}

GstPadProbeReturn OnRtcp(GstPad*, GstPadProbeInfo* info, gpointer data) {
  State& state = *AsState(data);
  const int64_t now = state.clock.Now();
  return Filter(info, [&](Bytes compound) {
    state.core->OnRtcp(compound, now);
    return Verdict::kRunOn;
  });
}

GstPadProbeReturn OnSenderReport(GstPad*, GstPadProbeInfo* info, gpointer data) {
  State& state = *AsState(data);
  if (state.closed) return GST_PAD_PROBE_DROP;
  return Filter(info, [&](Bytes compound) { return state.core->ingest().OnSenderReport(compound); });
}

void AddProbe(const StatePtr& state, GObjectRef<GstPad> pad, GstPadProbeCallback probe) {
  const auto type = static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);
  const gulong id = gst_pad_add_probe(pad.get(), type, probe, NewState(state), FreeState);
  std::unique_lock lock(state->mutex);
  if (!state->closed) {
    state->probes.push_back(std::move(pad));
    return;
  }
  lock.unlock();
  gst_pad_remove_probe(pad.get(), id);
}

void AddHandler(const StatePtr& state, GstElement* element, const char* signal, GCallback handler) {
  const gulong id = g_signal_connect_data(element, signal, handler, NewState(state), FreeClosure, GConnectFlags(0));
  std::unique_lock lock(state->mutex);
  if (!state->closed) {
    state->handlers.emplace_back(GObjectRef<GstElement>::Share(element), id);
    return;
  }
  lock.unlock();
  g_signal_handler_disconnect(element, id);
}

template <GObjectRef<GstElement> Inside::*kWhere>
void Keep(const StatePtr& state, GstElement* element) {
  std::lock_guard lock(state->mutex);
  if (!state->closed) state->inside.*kWhere = GObjectRef<GstElement>::Share(element);
}

void SetSwitch(GstElement* element, const char* property, bool on) {
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), property) != nullptr) {
    g_object_set(element, property, gboolean{on}, nullptr);
  }
}

// What a jitterbuffer's output is watched for.
struct LossWatch {
  StatePtr state;
  uint32_t ssrc;
};

// GstRTPPacketLost, which webrtcbin has its jitterbuffers send.
GstPadProbeReturn OnJitterbufferEvent(GstPad*, GstPadProbeInfo* info, gpointer data) {
  GstEvent* const event = GST_PAD_PROBE_INFO_EVENT(info);
  if (!gst_event_has_name(event, "GstRTPPacketLost")) return GST_PAD_PROBE_OK;
  const LossWatch& watch = *static_cast<LossWatch*>(data);
  guint sequence = 0;
  if (gst_structure_get_uint(gst_event_get_structure(event), "seqnum", &sequence)) {
    watch.state->core->ingest().OnLost(watch.ssrc, static_cast<uint16_t>(sequence), watch.state->clock.Now());
  }
  return GST_PAD_PROBE_OK;
}

void OnNewJitterbuffer(GstElement*, GstElement* jitterbuffer, guint, guint ssrc, gpointer data) {
  SetSwitch(jitterbuffer, "do-retransmission", true);
  const auto src = GObjectRef<GstPad>::Take(gst_element_get_static_pad(jitterbuffer, "src"));
  if (!src) return;
  // Ends with its pad: after Close the tracks have left every route, and nothing is asked for.
  gst_pad_add_probe(src.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, OnJitterbufferEvent,
                    new LossWatch{AsState(data), ssrc}, [](gpointer watch) { delete static_cast<LossWatch*>(watch); });
}

// webrtcbin has connected its own handler of the signal before it adds rtpbin, so ours comes behind it.
void TapRtpbin(const StatePtr& state, GstElement* rtpbin) {
  SetSwitch(rtpbin, "rtcp-sync-send-time", false);
  AddHandler(state, rtpbin, "new-jitterbuffer", G_CALLBACK(OnNewJitterbuffer));
  Keep<&Inside::rtpbin>(state, rtpbin);
}

void TapDemux(const StatePtr& state, GstElement* demux) {
  auto rtp = GObjectRef<GstPad>::Take(gst_element_get_static_pad(demux, "sink"));
  auto rtcp = GObjectRef<GstPad>::Take(gst_element_get_static_pad(demux, "rtcp_sink"));
  if (!rtp || !rtcp || state->closed) return;
  AddProbe(state, std::move(rtp), OnRtp);
  AddProbe(state, std::move(rtcp), OnSenderReport);
}

void OnSessionPad(GstElement*, GstPad* pad, gpointer data) {
  if (g_strcmp0(GST_PAD_NAME(pad), "recv_rtcp_sink") == 0) AddProbe(AsState(data), GObjectRef<GstPad>::Share(pad), OnRtcp);
}

bool PublishesVideo(const PeerCore& core) {
  return std::any_of(core.tracks().begin(), core.tracks().end(),
                     [](const auto& track) { return track->options().kind == Kind::kVideo; });
}

// The session's pads are made when rtpbin asks for them, after the session was added.
void TapSession(const StatePtr& state, GstElement* session) {
  AddHandler(state, session, "pad-added", G_CALLBACK(OnSessionPad));
  // With a reception it has nothing to ask for.
  if (!state->reception && PublishesVideo(*state->core)) g_object_set(session, "bandwidth", kBandwidth, nullptr);
  if (!state->closed) state->keyframes->SetSession(GObjectRef<GstElement>::Share(session));
  Keep<&Inside::rtpsession>(state, session);
}

void TapSocket(const StatePtr& state, GstElement* nicesrc) {
  NiceAgent* agent = nullptr;
  guint stream = 0;
  guint component = 0;
  g_object_get(nicesrc, "agent", &agent, "stream", &stream, "component", &component, nullptr);
  IceComponent ice{GObjectRef<NiceAgent>::Take(agent), stream, component};
  if (ice.agent) NoStaleIce(ice.agent.get());
  auto src = GObjectRef<GstPad>::Take(gst_element_get_static_pad(nicesrc, "src"));
  if (state->reception && src) AddProbe(state, std::move(src), OnDatagram);
  std::lock_guard lock(state->mutex);
  if (!state->closed) state->inside.ice = std::move(ice);
}

void OnKeys(GstElement*, gpointer data) {
  State& state = *AsState(data);
  Inside inside;
  {
    std::lock_guard lock(state.mutex);
    inside = state.inside;
  }
  try {
    if (ObstacleTo(inside).empty()) StartReception(*state.reception, inside);
  } catch (const std::exception&) {
    // Another profile: the peer ends when it is attached, which says so.
  }
}

void TapDecoder(const StatePtr& state, GstElement* dtlsdec) {
  Keep<&Inside::dtlsdec>(state, dtlsdec);
  if (state->reception) AddHandler(state, dtlsdec, "on-key-received", G_CALLBACK(OnKeys));
}

// Before the element leaves NULL: it is just being added. The number is lent for as long as there is the element.
void NumberAssociation(const StatePtr& state, GstElement* sctp) {
  using Lent = std::shared_ptr<const AssociationNumber>;
  std::lock_guard lock(state->mutex);
  if (!state->association) state->association = AssociationNumber::Lend();
  if (!state->association) return;
  g_object_set(sctp, "sctp-association-id", state->association->value(), nullptr);
  g_object_set_data_full(G_OBJECT(sctp), "association-number", new Lent(state->association),
                         [](gpointer lent) { delete static_cast<Lent*>(lent); });
}

// The first byte of a DTLS record is its content type, in plain text.
constexpr uint8_t kDtlsAlert = 21;

GstPadProbeReturn OnDtlsRecord(GstPad*, GstPadProbeInfo* info, gpointer data) {
  guint8 type = 0;
  GstBuffer* const record = gst_pad_probe_info_get_buffer(info);
  if (gst_buffer_extract(record, 0, &type, 1) == 1 && type == kDtlsAlert) AsState(data)->close_notify_sent = true;
  return GST_PAD_PROBE_OK;
}

struct Hook {
  const char* factory;
  void (*apply)(const StatePtr&, GstElement*);
};

constexpr Hook kHooks[] = {
    {"clocksync", [](const StatePtr&, GstElement* e) { SetSwitch(e, "sync", false); }},
    {"dtlsdec", TapDecoder},
    {"dtlsenc", Keep<&Inside::dtlsenc>},
    {"dtlssrtpenc", [](const StatePtr&, GstElement* e) { SetSwitch(e, "rtp-sync", false); }},
    {"nicesrc", TapSocket},
    {"rtpbin", TapRtpbin},
    {"rtprtxreceive", Keep<&Inside::rtprtxreceive>},
    {"rtprtxsend", Keep<&Inside::rtprtxsend>},
    {"rtpsession", TapSession},
    {"rtpssrcdemux", TapDemux},
    {"sctpdec", NumberAssociation},
    {"sctpenc", NumberAssociation},
};

void HookElement(const StatePtr& state, GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  if (factory == nullptr) return;
  const char* name = GST_OBJECT_NAME(factory);
  for (const Hook& hook : kHooks) {
    if (g_strcmp0(name, hook.factory) != 0) continue;
    hook.apply(state, element);
    std::lock_guard lock(state->mutex);
    state->hooks.insert(name);
  }
}

void OnDeepElementAdded(GstBin*, GstBin*, GstElement* element, gpointer data) { HookElement(AsState(data), element); }

void HookExisting(const StatePtr& state, GstBin* bin) {
  GstIterator* elements = gst_bin_iterate_recurse(bin);
  GValue item = G_VALUE_INIT;
  while (gst_iterator_next(elements, &item) == GST_ITERATOR_OK) {
    HookElement(state, GST_ELEMENT(g_value_get_object(&item)));
    g_value_reset(&item);
  }
  g_value_unset(&item);
  gst_iterator_free(elements);
}

}  // namespace

Taps::Taps(GstElement* webrtcbin, std::shared_ptr<PeerCore> core, std::shared_ptr<SessionKeyframeSink> keyframes,
           std::shared_ptr<DirectReception> reception)
    : state_(std::make_shared<State>()) {
  state_->core = std::move(core);
  state_->keyframes = std::move(keyframes);
  state_->reception = std::move(reception);
  AddHandler(state_, webrtcbin, "deep-element-added", G_CALLBACK(OnDeepElementAdded));
  HookExisting(state_, GST_BIN(webrtcbin));
}

Taps::~Taps() { Close(); }

void Taps::Close() noexcept {
  const Repairs repairs = ReadRepairs();
  decltype(State::probes) probes;
  decltype(State::handlers) handlers;
  Inside inside;
  {
    std::lock_guard lock(state_->mutex);
    state_->closed = true;
    state_->repairs = repairs;
    std::swap(inside, state_->inside);
    probes.swap(state_->probes);
    handlers.swap(state_->handlers);
  }
  // The probes stay and drop everything: packets that still come must not make webrtcbin build jitterbuffers on its way
  // to NULL. They go with their pads, whose references end here.
  for (auto& [element, id] : handlers) g_signal_handler_disconnect(element.get(), id);
  if (inside.ice.agent) NoLateIce(inside.ice.agent.get());
  state_->keyframes->Clear();
}

void Taps::CloseTransport() noexcept {
  const GObjectRef<GstElement> dtls = Found().dtlsenc;
  if (!dtls) return;
  if (const auto src = GObjectRef<GstPad>::Take(gst_element_get_static_pad(dtls.get(), "src"))) {
    gst_pad_add_probe(src.get(), GST_PAD_PROBE_TYPE_BUFFER, OnDtlsRecord, NewState(state_), FreeState);
  }
  gst_element_foreach_sink_pad(
      dtls.get(),
      [](GstElement*, GstPad* pad, gpointer) -> gboolean {
        gst_pad_send_event(pad, gst_event_new_eos());
        return TRUE;
      },
      nullptr);
}

Inside Taps::Found() const {
  std::lock_guard lock(state_->mutex);
  return state_->inside;
}

bool Taps::CloseNotifySent() const noexcept { return state_->close_notify_sent; }

std::vector<std::string> Taps::Hooks() const {
  std::lock_guard lock(state_->mutex);
  return {state_->hooks.begin(), state_->hooks.end()};
}

Repairs Taps::ReadRepairs() const {
  Inside inside;
  {
    std::lock_guard lock(state_->mutex);
    if (state_->closed) return state_->repairs;
    inside = state_->inside;
  }
  return media::ReadRepairs(inside.rtpsession.get(), inside.rtprtxsend.get(), inside.rtprtxreceive.get());
}

std::vector<SourceFigures> Taps::ReadSources() const { return media::ReadSources(Found().rtpsession.get()); }

void Taps::SetDscp(int dscp) {
  const IceComponent ice = Found().ice;
  // The lowest two bits of the octet are those of ECN (RFC 3168).
  if (ice.agent) nice_agent_set_stream_tos(ice.agent.get(), ice.stream, dscp << 2);
}

int64_t Taps::IdleMs() {
  const IceComponent ice = Found().ice;
  if (!ice.agent) return -1;
  const auto socket = GObjectRef<GSocket>::Take(nice_agent_get_selected_socket(ice.agent.get(), ice.stream, ice.component));
  if (!socket) return -1;

  // The first question switches time stamps on for the socket and may find none.
  timeval stamp{};
  const bool stamped = ioctl(g_socket_get_fd(socket.get()), SIOCGSTAMP, &stamp) == 0;
  const int64_t stamp_us = stamped ? int64_t{stamp.tv_sec} * 1'000'000 + stamp.tv_usec : 0;
  const int64_t now = state_->clock.Now();
  if (stamp_us != state_->last_stamp_us) {
    state_->last_stamp_us = stamp_us;
    state_->changed_ns = now;
  }
  return (now - state_->changed_ns) / 1'000'000;
}

}  // namespace media
