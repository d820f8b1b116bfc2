#include "model/protobuf.h"

#include <fmt/format.h>

namespace biasbench::model {
namespace {

constexpr std::int64_t kMaxTextBytes = 1 << 16;

// A number in base 128, the lowest digits first; the message ends at `end`.
std::uint64_t ReadVarint(HeaderReader& file, std::int64_t end) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (file.position() >= end)
      file.Fail("truncated or damaged: a number goes on where its message ends");
    const std::uint8_t byte = file.ReadByte();
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return value;
  }
  file.Fail(fmt::format("damaged: a number of more than 64 bits at byte {}", file.position()));
}

}  // namespace

bool Message::Next() {
  if (next_ == end_) return false;
  file_.Seek(next_);
  const std::uint64_t tag = ReadVarint(file_, end_);
  field_ = {.number = static_cast<std::uint32_t>(tag >> 3), .type = static_cast<WireType>(tag & 7)};
  std::uint64_t bytes = 0;
  switch (field_.type) {
    case WireType::kVarint:
      field_.value = ReadVarint(file_, end_);
      break;
    case WireType::kFixed64:
      bytes = 8;
      break;
    case WireType::kFixed32:
      bytes = 4;
      break;
    case WireType::kBytes:
      bytes = ReadVarint(file_, end_);
      break;
    default:
      file_.Fail(
          fmt::format("damaged, or no protocol buffer: wire type {} at byte {}", tag & 7, next_));
  }
  const std::int64_t left = end_ - file_.position();
  if (tag >> 3 == 0 || tag >> 3 > 0x1FFF'FFFF) {
    file_.Fail(fmt::format("damaged, or no protocol buffer: field {} at byte {}", tag >> 3, next_));
  }
  if (bytes > static_cast<std::uint64_t>(left)) {
    file_.Fail(fmt::format("truncated or damaged: a field of {} bytes at byte {}, {} follow", bytes,
                           next_, left));
  }
  field_.begin = file_.position();
  field_.end = field_.begin + static_cast<std::int64_t>(bytes);
  next_ = field_.end;
  return true;
}

std::string Message::Text() const {
  if (field_.bytes() > kMaxTextBytes) {
    file_.Fail(fmt::format("a name of {} bytes at byte {}, expected {} at most", field_.bytes(),
                           field_.begin, kMaxTextBytes));
  }
  file_.Seek(field_.begin);
  return file_.ReadText(static_cast<std::uint64_t>(field_.bytes()));
}

std::vector<std::uint64_t> Message::Varints(std::size_t most) const {
  if (field_.type == WireType::kVarint) return {field_.value};
  std::vector<std::uint64_t> values;
  file_.Seek(field_.begin);
  while (file_.position() < field_.end) {
    if (values.size() == most) {
      file_.Fail(fmt::format("damaged: more than {} numbers at byte {}", most, field_.begin));
    }
    values.push_back(ReadVarint(file_, field_.end));
  }
  return values;
}

}  // namespace biasbench::model
