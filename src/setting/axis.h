// The axes of a setting: one table of all that rows can differ in. Flags and their help, the keys
// of a row, its name, and the command that repeats it come from it (CONTRIBUTING.md).
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "setting/setting.h"

namespace biasbench::setting {

// A setting's value on an axis: a name, a number, or a switch.
using Value = nlohmann::json;

// Which programs something is of: those that measure steps of any shape, those that train on tasks,
// those of the latter that follow the epochs.
enum class Scope { kNone, kMeasuring, kTraining, kFollowing, kAll };

// How an axis stands in a row's name.
enum class InName {
  kNever,
  kBare,           // /learned
  kAlways,         // /hidden:1000
  kUnlessDefault,  // /activation:tanh; a switch: /center
};

struct Program;  // below

struct Axis {
  std::string_view key;        // of a row
  std::string_view flag = {};  // "--hidden"; a second spelling stands behind a comma; empty: none
  std::string_view replaces = {};  // the flag that said this once, and is refused now
  std::string_view label = {};     // in a row's name, before the value; a switch's whole part
  InName in_name = InName::kUnlessDefault;
  Scope name_scope = Scope::kAll;  // programs whose rows' names have it
  Scope flag_scope = Scope::kAll;  // programs that have the flag
  Scope key_scope = Scope::kAll;   // programs whose rows have the key
  bool is_optional = false;        // a row without a value lacks the key
  std::string_view refines = {};   // the axis of which only some values have this one
  // Of the flag's value; LIST: several, of a row each; empty: a switch.
  std::string_view kind = "LIST";
  std::string_view help = {};
  // Lists are combined in loops one inside another: the lowest stands outside and varies slowest.
  int nesting = 4;
  // The names there are, which `all` stands for; null: numbers and switches.
  std::vector<std::string> (*names)() = nullptr;
  // From one part of what was typed. Throws std::invalid_argument. Null: one of `names`.
  Value (*parse)(std::string_view part) = nullptr;
  // What counts as typed where nothing is; empty: `otherwise`. A name leaves it out, as it does 0
  // and a switch that is off.
  std::string_view by_default = {};
  // The value where nothing is typed, and how --help tells it. It may depend on axes whose loops
  // stand outside.
  Value (*otherwise)(const Setting& setting, const Program& program) = nullptr;
  std::string_view otherwise_told = {};
  // Null where a setting has no value on the axis: its row then lacks the key.
  Value (*get)(const Setting& setting) = nullptr;
  void (*set)(Setting& setting, const Value& value) = nullptr;
};

// As what a switch is typed.
inline constexpr std::string_view kSwitchedOn = "on";

// What counts as typed on an axis where nothing is.
struct Default {
  std::string_view key;
  std::string_view text;
};

// What tells the programs' command lines apart.
struct Program {
  std::string_view name = {};
  std::string_view summary = {};
  std::string_view examples = {};          // command lines, one a line
  std::span<const Default> defaults = {};  // in place of the table's
  std::span<const std::string_view> keys =
      {};                        // of the axes that it has flags for; empty: by scope
  bool trains_on_tasks = false;  // a task decides inputs and outputs; there is training to set up
  bool follows_epochs = false;   // has --curves and --target_loss
  // Lists may combine to what does not exist, as textbook in bfloat16, which is then left out.
  bool skips_nonexistent = false;

  bool IsIn(Scope scope) const;
  bool HasFlag(const Axis& axis) const;
  // The text that counts as typed where nothing is; empty: the axis's `otherwise`.
  std::string_view DefaultOf(const Axis& axis) const;
};

// Whether a setting's row is in the scope; kFollowing is as kTraining, which it does not know of.
bool IsIn(const Setting& setting, Scope scope);

// All of them, in the order in which they stand in a row's name.
std::span<const Axis> Axes();

// The axis of a key, which there must be.
const Axis& AxisOf(std::string_view key);

// What to say of a flag that axes have replaced: "--old: now --new=a|b and --other=a|b"; empty for
// any other.
std::string RefusalOfReplaced(std::string_view flag);

// The values that were typed for an axis: one, or with a LIST several, or all. Throws
// std::invalid_argument naming what is wrong and what is accepted, but not the flag.
std::vector<Value> ParseValues(const Axis& axis, std::string_view text);

// Whether a name leaves the value out: it is the default, 0, a switch that is off, or nothing.
bool IsUsual(const Axis& axis, const Value& value);

// What a row's name says of the value: "hidden:1000", "learned", "center", or nothing.
std::string NamePart(const Axis& axis, const Value& value);

// As a name, a command or a table's cell has it: "learned", "0.1", "1000000".
std::string TextOf(const Value& value);

// ParseValues of what was typed for a flag of this name; its errors begin with the flag.
std::vector<Value> ParseListFlag(std::string_view key, std::string_view flag,
                                 const std::string& text);

// The flag, or the first of its spellings.
std::string_view FlagOf(const Axis& axis);

}  // namespace biasbench::setting
