// Lines through a socket and through pipes.
#include "bench/instance/line_channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>

namespace biasbench::bench {
namespace {

using nlohmann::json;

constexpr std::size_t kMoreThanAPipeHolds = 1 << 20;

// The two ends of a pipe in each direction.
struct Pipes {
  Pipes() {
    std::array<int, 2> there{};
    std::array<int, 2> back{};
    EXPECT_EQ(pipe(there.data()) + pipe(back.data()), 0);
    ours.emplace(back[0], there[1]);
    theirs.emplace(there[0], back[1]);
    theirs_output = back[1];
  }
  std::optional<LineChannel> ours;
  std::optional<LineChannel> theirs;
  int theirs_output = -1;
};

TEST(LineChannel, PipesCarryLinesBothWays) {
  Pipes pipes;
  EXPECT_TRUE(pipes.ours->Send({{"steps", 3}}));
  EXPECT_TRUE(pipes.ours->Send({{"report", true}}));
  EXPECT_EQ(pipes.theirs->Receive(), json({{"steps", 3}}));
  EXPECT_EQ(pipes.theirs->Receive(), json({{"report", true}}));
  EXPECT_TRUE(pipes.theirs->Send({{"loss", 0.5}}));
  EXPECT_EQ(pipes.ours->Receive(), json({{"loss", 0.5}}));
}

TEST(LineChannel, AFullPipeIsWaitedForEvenIfWritingDoesNot) {
  Pipes pipes;
  ASSERT_EQ(fcntl(pipes.theirs_output, F_SETFL, O_NONBLOCK), 0);
  const json large = {{"text", std::string(kMoreThanAPipeHolds, 'x')}};
  std::thread sender([&] { EXPECT_TRUE(pipes.theirs->Send(large)); });
  EXPECT_EQ(pipes.ours->Receive(), large);
  sender.join();
}

TEST(LineChannel, TheOtherSidesEndIsTold) {
  const auto previous = std::signal(SIGPIPE, SIG_IGN);
  Pipes pipes;
  pipes.ours.reset();
  EXPECT_EQ(pipes.theirs->Receive(), std::nullopt);
  EXPECT_FALSE(pipes.theirs->Send({{"loss", 0.5}}));
  pipes.theirs->AwaitEnd(std::chrono::hours(1));  // at once
  std::signal(SIGPIPE, previous);
}

TEST(LineChannel, ASocketRaisesNoSignal) {
  std::array<int, 2> sockets{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()), 0);
  LineChannel ours(sockets[0]);
  close(sockets[1]);
  EXPECT_FALSE(ours.Send({{"steps", 3}}));
}

}  // namespace
}  // namespace biasbench::bench
