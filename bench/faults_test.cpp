#include "reference/faults.h"

#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/wait.h>

#include <cmath>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace biasbench::faults {
namespace {

using reference::Fault;
using reference::FaultyBackward;
using reference::FaultyMultiplier;
using reference::ParseFault;

// One input and one output, two hidden nodes, worked out by hand: z = (3, -1) and (-1, 3).
const reference::ReferenceNetwork kNetwork{
    .shape = {.inputs = 1, .hidden = 2, .outputs = 1, .batch = 2},
    .hidden_weights = {2, -2},
    .output_weights = {1, 10},
    .hidden_bias = {1, 1},
    .output_bias = {0}};
const std::vector<double> kInputs = {1, -1};
const std::vector<double> kDelta = {5, 7};

TEST(FaultyBackward, WithoutAFaultIsTheReference) {
  const auto gradients = FaultyBackward(Fault::kNone, kNetwork, kInputs, kDelta);
  EXPECT_EQ(gradients.hidden_bias, (std::vector<double>{5, 70}));
  EXPECT_EQ(gradients.hidden_weights, (std::vector<double>{5, -70}));
  EXPECT_EQ(gradients.output_bias, (std::vector<double>{12}));
}

TEST(FaultyBackward, BiasSignTurnsBothBiasesAlone) {
  const auto gradients = FaultyBackward(Fault::kBiasSign, kNetwork, kInputs, kDelta);
  EXPECT_EQ(gradients.hidden_bias, (std::vector<double>{-5, -70}));
  EXPECT_EQ(gradients.output_bias, (std::vector<double>{-12}));
  EXPECT_EQ(gradients.hidden_weights, (std::vector<double>{5, -70}));
}

TEST(FaultyBackward, TransferInputForgetsTheBias) {
  // A bias so large that both nodes are active for both samples, which w.x alone denies.
  reference::ReferenceNetwork network = kNetwork;
  network.hidden_bias = {9, 9};
  const auto right = FaultyBackward(Fault::kNone, network, kInputs, kDelta);
  EXPECT_EQ(right.hidden_bias, (std::vector<double>{12, 120}));
  const auto gradients = FaultyBackward(Fault::kTransferInput, network, kInputs, kDelta);
  EXPECT_EQ(gradients.hidden_bias, (std::vector<double>{5, 70}));
  EXPECT_EQ(gradients.hidden_weights, (std::vector<double>{5, -70}));
  EXPECT_EQ(gradients.output_weights, right.output_weights);
}

TEST(FaultyBackward, BiasAxisSumsOverNodes) {
  reference::ReferenceNetwork network = kNetwork;
  network.hidden_bias = {9, 9};
  const auto gradients = FaultyBackward(Fault::kBiasAxis, network, kInputs, kDelta);
  EXPECT_EQ(gradients.hidden_bias, (std::vector<double>{55, 77}));
}

TEST(FaultyMultiplier, OnlyBiasRateForgetsIt) {
  EXPECT_EQ(FaultyMultiplier(Fault::kBiasRate, 0.1), 1);
  EXPECT_EQ(FaultyMultiplier(Fault::kBiasSign, 0.1), 0.1);
}

TEST(ParseFault, ListsWhatThereIs) {
  EXPECT_EQ(ParseFault("bias_axis"), Fault::kBiasAxis);
  EXPECT_THROW(ParseFault("bias"), std::invalid_argument);
}

// The program's status and what it prints.
std::pair<int, std::string> FaultCurves(const std::string& flags) {
  FILE* const pipe =
      popen((std::string(FAULT_CURVES_PROGRAM) + " " + flags + " 2>&1").c_str(), "r");
  std::string text;
  for (int character = 0; (character = fgetc(pipe)) != EOF;) text += static_cast<char>(character);
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
}

TEST(FaultCurves, TellTheFaultsApart) {
  const auto [status, text] = FaultCurves("--hidden=200 --epochs=30");
  ASSERT_EQ(status, 0) << text;
  std::map<std::string, double> last;  // the last loss under "fault,strategy"
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "fault,strategy,epoch,train_loss");
  while (std::getline(lines, line)) {
    const std::size_t epoch = line.find(',', line.find(',') + 1);
    const std::string loss = line.substr(line.rfind(',') + 1);
    last[line.substr(0, epoch)] = loss.empty() ? HUGE_VAL : std::stod(loss);
  }
  EXPECT_EQ(last.size(), 6U);
  EXPECT_LT(last["none,learned"], 0.05);
  EXPECT_GT(last["bias_sign,learned"], 0.4);
  EXPECT_LT(last["bias_axis,learned"], 0.05);  // as the help says, a curve alone does not tell
  EXPECT_NE(last["bias_axis,learned"], last["none,learned"]);
  EXPECT_GT(last["transfer_input,learned"], 0.4);
  // Without its multiplier scaled=0.1 is learned.
  EXPECT_EQ(last["bias_rate,scaled=0.1"], last["none,learned"]);
  EXPECT_NE(last["none,scaled=0.1"], last["none,learned"]);
}

TEST(FaultCurves, RefusesBadFlags) {
  for (const std::string flag : {"--hidden=0", "--epochs=1001", "--learning_rate=x", "--seed=-1",
                                 "--out=/no/such/folder/curves.csv", "--unknown"}) {
    const auto [status, text] = FaultCurves(flag);
    EXPECT_EQ(status, 2) << flag;
    EXPECT_EQ(text.find("fault_curves: "), 0U) << text;
    EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
  }
}

}  // namespace
}  // namespace biasbench::faults
