// A reader of protocol buffers' wire format: a message is a sequence of fields, and fields that are
// not asked for are skipped, not read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/header_reader.h"

namespace biasbench::model {

enum class WireType : std::uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,  // text, a message, or numbers packed one after another
  kFixed32 = 5,
};

struct Field {
  std::uint32_t number = 0;
  WireType type = WireType::kVarint;
  std::uint64_t value = 0;  // of kVarint
  // The range in the file (kBytes).
  std::int64_t begin = 0;
  std::int64_t end = 0;

  bool Is(std::uint32_t its_number, WireType its_type) const {
    return number == its_number && type == its_type;
  }
  std::int64_t bytes() const { return end - begin; }
};

// Every function throws Error where the file is no such message.
class Message {
 public:
  // The whole file.
  explicit Message(HeaderReader& file) : Message(file, 0, file.size()) {}
  // The message that a field of kBytes holds.
  Message(HeaderReader& file, const Field& field) : Message(file, field.begin, field.end) {}

  // Goes on to the next field, wherever the file was read meanwhile; false at the end.
  bool Next();
  const Field& field() const { return field_; }

  // The text of the field; Error if it is longer than a name of anything.
  std::string Text() const;
  // The numbers of a repeated field, packed (so many at most) or not.
  std::vector<std::uint64_t> Varints(std::size_t most) const;

 private:
  Message(HeaderReader& file, std::int64_t begin, std::int64_t end)
      : file_(file), next_(begin), end_(end) {}

  HeaderReader& file_;
  std::int64_t next_;
  std::int64_t end_;
  Field field_;
};

}  // namespace biasbench::model
