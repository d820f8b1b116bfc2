#include "bench/peers/peer_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "bench/program/flag_values.h"
#include "text/excerpt.h"

namespace biasbench::bench::peers {
namespace {

constexpr bool kOurs = true;
constexpr bool kTheirs = false;

// FANN keeps a weight, its last change and a pointer for each connection, and 28 bytes and an error
// for each neuron.
constexpr PeerDescription kPeers[] = {
    {"textbook_openblas", "peer_openblas", "OpenBLAS products; gradients stored, then applied",
     kTheirs, 2, 2},
    {"textbook_blis", "peer_blis", "BLIS products; gradients stored, then applied", kTheirs, 2, 2},
    {"textbook_onednn", "peer_onednn", "oneDNN products; gradients stored, then applied", kTheirs,
     2, 2},
    {"in_place_openblas", "peer_openblas", "OpenBLAS adds -rate * gradient straight to the weights",
     kTheirs, 1, 2},
    {"in_place_blis", "peer_blis", "BLIS adds -rate * gradient straight to the weights", kTheirs, 1,
     2},
    {"in_place_onednn", "peer_onednn", "oneDNN adds -rate * gradient straight to the weights",
     kTheirs, 1, 2},
    {"in_place_loops", "peer_loops", "plain OpenMP loops; gradients applied at once", kTheirs, 1,
     1},
    {"libtorch_default", "peer_libtorch", "libtorch, idiomatic: modules, autograd, SGD, zero_grad",
     kTheirs, 3, 4},
    {"libtorch_set_to_none", "peer_libtorch", "the same, gradients freed before each step", kTheirs,
     2, 4},
    {"libtorch_fast", "peer_libtorch", "no autograd: preallocated, addmm_ into the weights",
     kTheirs, 1, 2},
    {"fann", "peer_fann", "FANN, one sample a step, one thread; the loss is ours", kTheirs, 4, 8,
     1},
    {"textbook_eigen", "peer_biasbench", "our schedule textbook: Eigen products", kOurs, 2, 2},
    {"in_place", "peer_biasbench", "our schedule in_place", kOurs, 1, 1},
    {"recompute", "peer_biasbench", "our schedule recompute", kOurs, 1, 0},
    {"streaming", "peer_biasbench", "our schedule streaming", kOurs, 1, 1},
    {"streaming_recompute", "peer_biasbench", "our schedule streaming_recompute", kOurs, 1, 0},
    {"blocked", "peer_biasbench", "our schedule blocked, 64 samples a block", kOurs, 1, 1, 64, 64},
};

const PeerDescription* ParsePeer(std::string_view name) {
  const auto* found = std::ranges::find(kPeers, name, &PeerDescription::name);
  if (found == std::end(kPeers)) {
    std::vector<std::string_view> names;
    std::ranges::transform(kPeers, std::back_inserter(names), &PeerDescription::name);
    throw std::invalid_argument(fmt::format("unknown peer '{}': expected one of {}",
                                            text::Excerpt(name), fmt::join(names, ", ")));
  }
  if (!found->IsBuilt()) {
    throw std::invalid_argument(
        fmt::format("'{}' is not built: its library was not found (tools/setup --peers)", name));
  }
  return found;
}

}  // namespace

double PeerDescription::PeakBytes(const schedule::Shape& shape) const {
  constexpr double kLibraryBytes = 512 << 20;  // OpenBLAS packs up to 128 MiB a thread
  constexpr double kFloatBytes = 4;
  const auto inputs = static_cast<double>(shape.inputs);
  const auto hidden = static_cast<double>(shape.hidden);
  const auto outputs = static_cast<double>(shape.outputs);
  const auto batch = static_cast<double>(std::max(shape.batch, block_samples));
  const double parameters = hidden * (inputs + 1 + outputs) + outputs;
  const double samples = 4 * batch * (inputs + outputs);
  return kLibraryBytes + kFloatBytes * (parameter_copies * parameters +
                                        values_per_activation * hidden * batch + samples);
}

std::filesystem::path PeerDescription::ProgramPath() const {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / program;
}

bool PeerDescription::IsBuilt() const { return std::filesystem::exists(ProgramPath()); }

std::span<const PeerDescription> Peers() { return kPeers; }

std::vector<const PeerDescription*> ParsePeers(std::string_view list) {
  std::vector<const PeerDescription*> chosen;
  const auto add = [&](const PeerDescription* peer) {
    if (std::ranges::find(chosen, peer) == chosen.end()) chosen.push_back(peer);
  };
  for (const std::string& part : SplitList(list)) {
    if (part != "all") {
      add(ParsePeer(part));
      continue;
    }
    for (const PeerDescription& peer : kPeers) {
      if (peer.IsBuilt()) add(&peer);
    }
  }
  return chosen;
}

std::string ListOfPeers() {
  std::string text;
  for (const PeerDescription& peer : kPeers) {
    text += fmt::format("  {:<21} {}{}\n", peer.name, peer.summary,
                        peer.IsBuilt() ? "" : " (not built: library not found)");
  }
  return text;
}

}  // namespace biasbench::bench::peers
