// The rows and errors of command lines of two programs, and files for their tests.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/program/command_line.h"
#include "data/dataset.h"
#include "setting/description.h"

namespace biasbench::bench {

inline constexpr setting::Default kRecomputing[] = {{"schedule", "recompute"}};
inline constexpr setting::Program kFootprint{.name = "footprint", .defaults = kRecomputing};
inline constexpr setting::Program kConvergence{
    .name = "convergence", .defaults = kRecomputing, .trains_on_tasks = true};

// The names of the rows.
inline std::vector<std::string> Names(const setting::Program& program,
                                      const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const setting::Setting& row : ParseCommandLine(program, arguments).configurations) {
    names.push_back(CanonicalName(program.name, row));
  }
  return names;
}

// The message of the error; "no error" if there is none.
inline std::string ErrorOfLine(const setting::Program& program,
                               const std::vector<std::string>& arguments) {
  try {
    ParseCommandLine(program, arguments);
  } catch (const std::invalid_argument& error) {
    return error.what();
  } catch (const data::Error& error) {
    return error.what();
  }
  return "no error";
}

// A file of the running test's own.
inline std::string Written(const std::string& name, const std::string& contents) {
  std::string path = testing::TempDir() + "command_line." + std::to_string(getpid()) + "." + name;
  std::ofstream(path) << contents;
  return path;
}

}  // namespace biasbench::bench
