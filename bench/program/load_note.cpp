#include "bench/program/load_note.h"

#include <fmt/format.h>

#include <string>

#include "record/standard_streams.h"

namespace biasbench::bench {

void NoteLoad(std::string_view program, const machine::Load& load) {
  const std::string interference = machine::Interference(load);
  if (interference.empty()) return;
  record::PrintError(program, fmt::format("times will vary: {}", interference));
}

}  // namespace biasbench::bench
