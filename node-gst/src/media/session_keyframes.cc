#include "media/session_keyframes.h"

#include <utility>

#include "media/rtcp.h"
#include "media/session_rtcp.h"

namespace media {

void SessionKeyframeSink::RequestKeyframe(uint32_t ssrc, uint8_t) noexcept {
  GObjectRef<GstElement> session;
  {
    std::lock_guard lock(mutex_);
    session = session_;
  }
  if (session) PushRtcp(session.get(), MakePli(InternalSsrc(session.get()), ssrc));
}

void SessionKeyframeSink::SetSession(GObjectRef<GstElement> session) {
  std::lock_guard lock(mutex_);
  session_ = std::move(session);
}

void SessionKeyframeSink::Clear() noexcept {
  GObjectRef<GstElement> session;
  std::lock_guard lock(mutex_);
  std::swap(session, session_);
}

}  // namespace media
