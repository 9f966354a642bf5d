// How what one peer sends gets here, as webrtcbin's RTP session counts it.
#pragma once
#include <gst/gst.h>

#include <vector>

#include "media/source_figures.h"

namespace media {

// Of an rtpsession, which may be null: those that sent anything. Any thread; takes the session's lock for a moment.
std::vector<SourceFigures> ReadSources(GstElement* session);

}  // namespace media
