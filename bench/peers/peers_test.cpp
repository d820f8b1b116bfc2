// Every peer that is built, held against the textbook formulas; and the program as users run it.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "bench/instance/instance_process.h"
#include "bench/peers/blas_kernels.h"
#include "bench/peers/peer_list.h"
#include "bench/peers/peer_runner.h"
#include "bench/peers/peers_table.h"
#include "bench/program/programs_fixture.h"
#include "data/task.h"
#include "network/loss.h"
#include "reference/reference.h"

namespace biasbench::bench::peers {
namespace {

using nlohmann::json;

// No extent is a multiple of another or of a vector.
constexpr schedule::Shape kOddShape = {.inputs = 7, .hidden = 131, .outputs = 3, .batch = 5};

void TakeStep(double rate, const std::vector<double>& gradient, std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= rate * gradient[i];
}

// The mean loss before each of `steps` steps.
std::vector<double> ReferenceLosses(const PeerSetting& setting, int steps) {
  const schedule::Shape& shape = setting.shape;
  memory::Ledger ledger;
  const data::Dataset batch =
      data::NoiseTask(shape.inputs, shape.outputs, shape.batch, setting.seed, ledger).train;
  const auto values = batch.values.span();
  const std::vector<double> x(values.begin(), values.end());
  std::vector<std::int32_t> order(static_cast<std::size_t>(shape.batch));
  std::iota(order.begin(), order.end(), 0);
  reference::ReferenceNetwork network = reference::ToReference(
      schedule::Parameters(ledger, {.shape = shape,
                                    .strategy = bias::ParseSelection("learned"),
                                    .seed = setting.seed,
                                    .threads = setting.threads}));
  const double rate = LearningRate(shape);
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    const std::vector<double> outputs = reference::ReferenceOutputs(network, x);
    const std::vector<float> f(outputs.begin(), outputs.end());
    std::vector<float> df(f.size());
    losses.push_back(network::ComputeLoss(batch, order, f.data(), df.data()).loss /
                     static_cast<double>(shape.batch));
    const reference::ReferenceGradients gradients =
        reference::ReferenceBackward(network, x, {df.begin(), df.end()});
    TakeStep(rate, gradients.hidden_weights, network.hidden_weights);
    TakeStep(rate, gradients.output_weights, network.output_weights);
    TakeStep(rate, gradients.hidden_bias, network.hidden_bias);
    TakeStep(rate, gradients.output_bias, network.output_bias);
  }
  return losses;
}

TEST(Peers, EveryPeerTrainsAsTheReferenceDoes) {
  ChooseBlasKernels();
  constexpr int kSteps = 8;
  for (const PeerDescription* peer : ParsePeers("all")) {
    for (const std::int64_t batch : {5, 1}) {
      if (batch > peer->most_samples) continue;
      PeerSetting setting{.peer = std::string(peer->name), .shape = kOddShape, .threads = 2};
      setting.shape.batch = batch;
      const std::vector<double> expected = ReferenceLosses(setting, kSteps);
      ASSERT_LT(expected.back(), 0.98 * expected.front());  // it trains, so that steps matter
      InstanceProcess process(ToJson(setting), peer->ProgramPath());
      process.Receive();
      for (int step = 0; step < kSteps; ++step) {
        const double loss = process.Ask({{"steps", 1}})["loss"];
        EXPECT_NEAR(loss, expected[step], 1e-5 * expected[step])
            << RowName(setting) << " step " << step;
      }
    }
  }
}

TEST(Peers, APeerWithAWrongSignIsRefused) {
  const PeerDescription wrong{
      .name = "wrong_sign", .program = "peer_wrong_sign", .summary = "for this test"};
  const auto right = std::ranges::find(Peers(), "in_place", &PeerDescription::name);
  PeerRunner runner(1000, 1e-3);
  PeerSetting setting{.peer = "wrong_sign",
                      .shape = {.inputs = 100, .hidden = 50, .outputs = 10, .batch = 4}};
  const json refused = runner.Measure(wrong, setting);
  EXPECT_EQ(refused["status"], "error");
  EXPECT_NE(refused["reason"].get<std::string>().find("loss"), std::string::npos) << refused;
  EXPECT_FALSE(refused.contains("items_per_second"));
  setting.peer = "in_place";
  const json measured = runner.Measure(*right, setting);
  EXPECT_EQ(measured["status"], "ok") << measured;
  EXPECT_GT(measured["items_per_second"], 0);
}

TEST(Peers, TheTableComparesWithTheBestThatIsNotOurs) {
  const auto row = [](const char* peer, double samples_per_second) {
    return json{{"peer", peer},
                {"inputs", 784},
                {"batch", 16},
                {"status", "ok"},
                {"items_per_second", samples_per_second},
                {"peak_rss_bytes", 3 << 20}};
  };
  const std::string table = TableOf({row("textbook_blis", 10), row("in_place", 30),
                                     row("in_place", 50), row("in_place", 90), row("fann", 20)});
  EXPECT_NE(table.find("in_place                 784     16          50        30 - 90             "
                       "3.0     2.50"),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("0.50\n"), std::string::npos) << table;
}

using PeersProgram = Programs;

TEST_F(PeersProgram, TakesTurnsAndRecordsEveryRepetition) {
  ASSERT_EQ(Run("peers", {"--peers=in_place,streaming", "--inputs=7", "--hidden=200", "--batch=5,1",
                          "--repetitions=2", "--min-time=1e-3", "--check-hidden=131", "--threads=2",
                          "--out=" + File("out.json")}),
            0)
      << Errors();
  const json results = Results();
  for (const char* key : {"date", "caches", "schema_version", "program", "command", "git_sha",
                          "compiler", "flags", "threads", "libraries", "binary_sha256",
                          "peer_binaries_sha256", "library_build_type_note"}) {
    EXPECT_TRUE(results["context"].contains(key)) << key;
  }
  const json& rows = results["benchmarks"];
  ASSERT_EQ(rows.size(), 8U);
  EXPECT_EQ(rows[0]["name"], "peers/in_place/inputs:7/hidden:200/outputs:10/batch:5/threads:2");
  EXPECT_EQ(rows[1]["name"], "peers/streaming/inputs:7/hidden:200/outputs:10/batch:5/threads:2");
  EXPECT_EQ(rows[4]["name"], rows[0]["name"]);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i]["repetition_index"], i / 4);
    EXPECT_EQ(rows[i]["status"], "ok");
    EXPECT_GE(rows[i]["real_time"].get<double>() * rows[i]["iterations"].get<double>(), 0.999);
    EXPECT_TRUE(rows[i]["peak_rss_bytes"].is_number_integer());
  }
}

TEST_F(PeersProgram, ResumesWithAnotherShapeAndMeasuresNothingTwice) {
  const Arguments flags = {"--peers=in_place",         "--hidden=200",       "--batch=5",
                           "--min-time=1e-3",          "--check-hidden=131", "--threads=2",
                           "--out=" + File("out.json")};
  const auto run = [&](const char* inputs, const char* repetitions) {
    Arguments all = flags;
    all.insert(all.end(), {inputs, repetitions, "--resume"});
    ASSERT_EQ(Run("peers", all), 0) << Errors();
  };
  run("--inputs=7", "--repetitions=1");
  const json first = Results()["benchmarks"];
  run("--inputs=7", "--repetitions=2");
  run("--inputs=3", "--repetitions=1");
  const json rows = Results()["benchmarks"];
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0], first[0]);
  EXPECT_EQ(rows[1]["repetition_index"], 1);
  EXPECT_EQ(rows[2]["name"], "peers/in_place/inputs:3/hidden:200/outputs:10/batch:5/threads:2");
}

// The steps of a library are a program of their own, which can be another one than before.
TEST_F(PeersProgram, ResumeRefusesRowsOfAnotherBuild) {
  const Arguments flags = {"--peers=in_place", "--inputs=7",      "--hidden=200",
                           "--batch=5",        "--min-time=1e-3", "--check-hidden=131",
                           "--repetitions=1",  "--resume",        "--out=" + File("out.json")};
  ASSERT_EQ(Run("peers", flags), 0) << Errors();
  const json good = Results();
  const std::string zeros(64, '0');
  for (const char* pointer : {"/binary_sha256", "/peer_binaries_sha256/peer_biasbench"}) {
    json other = good;
    other["context"][json::json_pointer(pointer)] = zeros;
    std::ofstream(File("out.json")) << other;
    const std::string text = ReadFile(File("out.json"));
    EXPECT_EQ(Run("peers", flags), 2);
    EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
    EXPECT_NE(Errors().find("rows of another build"), std::string::npos) << Errors();
    EXPECT_EQ(ReadFile(File("out.json")), text);
  }
}

TEST_F(PeersProgram, SkipsWhatDoesNotFitWithBothNumbers) {
  EXPECT_EQ(Run("peers", {"--peers=in_place", "--inputs=2e9", "--hidden=2e9", "--batch=1",
                          "--repetitions=1"}),
            2);
  EXPECT_NE(Output().find("GiB, "), std::string::npos) << Output();
  EXPECT_NE(Output().find("GiB available"), std::string::npos) << Output();
}

TEST_F(PeersProgram, BadFlagsGetOneLineAndStatusTwo) {
  const std::pair<Arguments, const char*> cases[] = {
      {{"--resume"}, "--resume: needs --out"},
      {{"--peers=nobody"}, "--peers: unknown peer 'nobody'"},
      {{"--peers=in_place,"}, "--peers:"},
      {{"--hidden=0"}, "--hidden: '0' is not a whole number from 1 to 2147483647"},
      {{"--hidden=3e9"}, "--hidden:"},
      {{"--hidden=10,20"}, "--hidden:"},
      {{"--batch=1,x"}, "--batch: 'x'"},
      {{"--batch="}, "--batch=: expected a value"},
      {{"--threads=0"}, "--threads:"},
      {{"--seed=-1"}, "--seed:"},
      {{"--repetitions=1.5"}, "--repetitions:"},
      {{"--min-time=0"}, "--min-time:"},
      {{"--check-hidden=0"}, "--check-hidden:"},
      {{"--nonsense"}, "--nonsense"},
      {{"--out=/nowhere/out.json"}, "/nowhere/out.json"}};
  for (const auto& [arguments, expected] : cases) {
    EXPECT_EQ(Run("peers", arguments), 2) << arguments[0];
    EXPECT_NE(Errors().find(expected), std::string::npos) << arguments[0] << ": " << Errors();
    EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
    EXPECT_EQ(Output(), "");
  }
}

}  // namespace
}  // namespace biasbench::bench::peers
