#include "bench/program/load_note.h"

#include <fmt/format.h>

#include "machine/load.h"
#include "record/standard_streams.h"

namespace biasbench::bench {

nlohmann::json NoteLoad(std::string_view program) {
  const machine::Load load = machine::MeasureLoad();
  const std::string interference = machine::Interference(load);
  if (!interference.empty()) {
    record::PrintError(program, fmt::format("times will vary: {}", interference));
  }
  return machine::ToJson(load);
}

}  // namespace biasbench::bench
