// The settings that a program runs: the combinations of the command line's lists.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "setting/axis.h"
#include "setting/own_data_flags.h"

namespace biasbench::setting {

// The typed flag values, by the axes' keys.
struct Typed {
  std::map<std::string, std::string, std::less<>> values;
  bool Has(std::string_view key) const {
    const auto found = values.find(key);
    return found != values.end() && !found->second.empty();
  }
  // Programs that measure: tasks from which to take inputs and outputs.
  std::string shape_tasks;
  OwnDataFlags own_data;
};

// "harmonic3 60 epochs, rate 0.1, batch 32; …"
std::string DescribeTaskDefaults();

// One setting for each combination of the lists, without duplicates, in the order in which they
// run. Throws std::invalid_argument in one line that names the flag and what is accepted;
// data::Error in one that names a file. `on_read` reports progress in reading one's own data.
std::vector<Setting> Combine(const Program& program, const Typed& typed,
                             const data::OnRead& on_read = {});

}  // namespace biasbench::setting
