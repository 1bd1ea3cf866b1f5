// What the sandbox forbids ends the process, and what the signer needs goes on: each in a child of its own.
#include "ca/signer/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace mailca::ca {
namespace {

constexpr int kRefused = 99;

// How a child ends that enters the sandbox and does this.
int statusOf(KeyPlace place, const std::function<void()>& act) {
    const ::pid_t child = ::fork();
    if (child == 0) {
        leaveTheNetwork();
        if (!enterSandbox(place)) ::_exit(kRefused);
        act();
        ::_exit(0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

bool isKilled(KeyPlace place, const std::function<void()>& act) {
    const int status = statusOf(place, act);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}
bool goesOn(KeyPlace place, const std::function<void()>& act) {
    const int status = statusOf(place, act);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void network() {
    ::socket(AF_INET, SOCK_STREAM, 0);
}
void network6() {
    ::socket(AF_INET6, SOCK_DGRAM, 0);
}
void program() {
    char* const none[] = {nullptr};
    ::execve("/bin/true", none, none);
}
void process() {
    ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}
void code() {
    ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
void otherProcess() {
    ::kill(::getppid(), 0);
}

TEST(Sandbox, OutOfItIsTheEndOfTheProcess) {
    for (const KeyPlace place : {KeyPlace::Memory, KeyPlace::Token}) {
        for (const auto act : {network, network6, program, process, code, otherProcess}) {
            EXPECT_TRUE(isKilled(place, act));
        }
    }
}

TEST(Sandbox, WithKeysInMemoryNoFileIsOpenedAndNoSocketMade) {
    EXPECT_TRUE(isKilled(KeyPlace::Memory, [] { ::open("/dev/null", O_WRONLY); }));
    EXPECT_TRUE(isKilled(KeyPlace::Memory, [] { ::open("/dev/null", O_RDONLY); }));
    EXPECT_TRUE(isKilled(KeyPlace::Memory, [] { ::socket(AF_UNIX, SOCK_STREAM, 0); }));
}

TEST(Sandbox, ATokensModuleMayReadItsFilesAndAskItsDaemon) {
    EXPECT_TRUE(goesOn(KeyPlace::Token, [] { ::close(::open("/dev/null", O_RDONLY)); }));
    EXPECT_TRUE(goesOn(KeyPlace::Token, [] { ::close(::socket(AF_UNIX, SOCK_STREAM, 0)); }));
}

TEST(Sandbox, WhatSigningNeedsGoesOn) {
    EXPECT_TRUE(goesOn(KeyPlace::Memory, [] {
        const char nothing = 0;
        static_cast<void>(::write(STDERR_FILENO, &nothing, 0));
        ::munmap(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
    }));
}

}  // namespace
}  // namespace mailca::ca
