#include "media/direct/feedback_reader.h"

namespace media {

FeedbackReader::FeedbackReader(const std::vector<SlotOptions>& slots, int64_t unix_offset_ns)
    : unix_offset_ns_(unix_offset_ns), reports_(slots) {
  for (const SlotOptions& slot : slots) ssrcs_.push_back(slot.ssrc);
}

void FeedbackReader::SetRepairs(const std::vector<Repair>& repairs) {
  for (const Repair& repair : repairs) reports_.AddRepair(repair.ssrc);
}

ReceiverFigures FeedbackReader::Figures(int64_t now_ns) noexcept {
  ReceiverFigures figures = reports_.Figures(now_ns);
  figures.transport_loss = log_.window().Loss(now_ns);
  figures.queue_ns = log_.queue().Queue(now_ns);
  figures.received_bitrate = log_.window().Bitrate(now_ns);
  figures.receiver_limit = receiver_limit_;
  figures.asked_again = asked_again_;
  return figures;
}

std::optional<size_t> FeedbackReader::SlotOf(uint32_t ssrc) const noexcept {
  for (size_t i = 0; i < ssrcs_.size(); ++i) {
    if (ssrcs_[i] == ssrc) return i;
  }
  return std::nullopt;
}

void FeedbackReader::OnFeedback(const TransportFeedback& feedback, size_t& left, int64_t now_ns) noexcept {
  if (feedback.count() > left) return;
  left -= feedback.count();
  log_.OnFeedback(feedback, now_ns);
}

}  // namespace media
