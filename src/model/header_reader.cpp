#include "model/header_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "model/error.h"
#include "text/excerpt.h"

namespace biasbench::model {
namespace {

[[noreturn]] void FailToRead(std::string_view path, int error) {
  throw Error(
      fmt::format("{}: {}", text::PathExcerpt(path), std::generic_category().message(error)));
}

}  // namespace

std::int64_t FileBytes(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) FailToRead(path, errno);
  if (!S_ISREG(status.st_mode)) {
    throw Error(fmt::format("{}: expected a regular file", text::PathExcerpt(path)));
  }
  return status.st_size;
}

HeaderReader::HeaderReader(const std::string& path)
    : path_(text::PathExcerpt(path)), size_(FileBytes(path)) {
  descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) FailToRead(path, errno);
}

HeaderReader::~HeaderReader() { close(descriptor_); }

void HeaderReader::Fail(std::string_view what) const {
  throw Error(fmt::format("{}: {}", path_, what));
}

void HeaderReader::NeedBytes(std::uint64_t bytes) const {
  if (bytes <= static_cast<std::uint64_t>(left())) return;
  Fail(fmt::format("truncated: {} bytes are announced at byte {}, {} follow", bytes, position_,
                   left()));
}

void HeaderReader::Skip(std::uint64_t bytes) {
  NeedBytes(bytes);
  position_ += static_cast<std::int64_t>(bytes);
}

void HeaderReader::FillWindow() {
  ssize_t got = 0;
  do {
    got = pread(descriptor_, window_.data(), window_.size(), position_);
  } while (got < 0 && errno == EINTR);
  if (got < 0) FailToRead(path_, errno);
  if (got == 0) Fail("it became shorter while being read");
  window_begin_ = position_;
  window_end_ = position_ + got;
}

std::uint8_t HeaderReader::ReadByte() {
  NeedBytes(1);
  if (position_ < window_begin_ || position_ >= window_end_) FillWindow();
  return static_cast<std::uint8_t>(window_[static_cast<std::size_t>(position_++ - window_begin_)]);
}

std::string HeaderReader::ReadText(std::uint64_t bytes) {
  NeedBytes(bytes);
  std::string text;
  text.reserve(bytes);
  while (text.size() < bytes) {
    if (position_ < window_begin_ || position_ >= window_end_) FillWindow();
    const auto part =
        std::min(static_cast<std::int64_t>(bytes - text.size()), window_end_ - position_);
    text.append(window_.data() + (position_ - window_begin_), static_cast<std::size_t>(part));
    position_ += part;
  }
  return text;
}

std::string HeaderReader::Peek(std::int64_t bytes) {
  const std::int64_t before = position_;
  std::string text = ReadText(static_cast<std::uint64_t>(std::min(bytes, left())));
  position_ = before;
  return text;
}

}  // namespace biasbench::model
