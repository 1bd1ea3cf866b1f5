// The shim is an instrument: what it takes and what it leaves has to be exactly what was not and what was synced.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/files.h"
#include "tests/support/run.h"

namespace mailca::test {
namespace {

namespace fs = std::filesystem;
using Environment = std::map<std::string, std::string>;
using Files = std::map<std::string, std::string>;  // name below the root: content

// A root with a folder "d" in it, a program under the shim that changes files there, and its end.
class DiskShim : public ::testing::Test {
 protected:
    DiskShim() {
        fs::create_directories(root() / "d");
        EXPECT_EQ(::mkfifo(m_dir.file("control").c_str(), 0600), 0);
    }
    fs::path root() const { return m_dir.path() / "root"; }
    std::string dir() const { return m_dir.path().string(); }
    std::string control() const { return m_dir.file("control"); }

    // Steps name their files from the root on.
    pid_t start(const std::vector<std::string>& steps, const Environment& environment) {
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::setenv("LD_PRELOAD", DISK_SHIM_LIBRARY, 1);
            ::setenv("DISK_SHIM_ROOT", root().c_str(), 1);
            for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
            if (::chdir(root().c_str()) != 0) ::_exit(3);
            ::dup2(ends[1], STDOUT_FILENO);
            std::vector<char*> words{const_cast<char*>("disk_user")};
            for (const std::string& step : steps) words.push_back(const_cast<char*>(step.c_str()));
            words.push_back(nullptr);
            ::execv(DISK_USER_PROGRAM, words.data());
            ::_exit(3);
        }
        ::close(ends[1]);
        m_said = ends[0];
        return child;
    }
    // Whether it came to its last step.
    bool awaitDone() const {
        char word[5] = {};
        return ::read(m_said, word, sizeof word) == 5 && std::memcmp(word, "done\n", 5) == 0;
    }
    bool isDone() const {
        ::fcntl(m_said, F_SETFL, O_NONBLOCK);
        const bool done = awaitDone();
        ::fcntl(m_said, F_SETFL, 0);
        return done;
    }
    void tell(const std::string& line) const {
        const int fifo = ::open(control().c_str(), O_WRONLY);
        EXPECT_EQ(::write(fifo, line.data(), line.size()), static_cast<ssize_t>(line.size()));
        ::close(fifo);
    }
    // Said before somebody listens; it waits in the pipe as long as the descriptor is open.
    int tellAhead(const std::string& line) const {
        const int fifo = ::open(control().c_str(), O_RDWR | O_CLOEXEC);
        EXPECT_EQ(::write(fifo, line.data(), line.size()), static_cast<ssize_t>(line.size()));
        return fifo;
    }
    static int endOf(pid_t child) {
        int status = 0;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
    }
    // All steps, then a power cut.
    void runAndCut(const std::vector<std::string>& steps, Environment environment = {}) {
        environment["DISK_SHIM_CONTROL"] = control();
        const pid_t child = start(steps, environment);
        EXPECT_TRUE(awaitDone());
        tell("cut\n");
        EXPECT_EQ(endOf(child), SIGKILL);
    }
    Files files() const {
        Files found;
        for (const auto& entry : fs::recursive_directory_iterator(root())) {
            const std::string name = fs::relative(entry.path(), root()).string();
            if (entry.is_regular_file() && !name.starts_with(".disk_shim")) found[name] = readFile(entry.path());
        }
        return found;
    }
    void put(const std::string& name, const std::string& content) const { writeFile(root() / name, content); }

 private:
    TempDir m_dir;
    int m_said = -1;
};

struct Case {
    const char* name;
    Files before;
    std::vector<std::string> steps;
    Files after;  // the power cut
};

class DiskShimCut : public DiskShim, public ::testing::WithParamInterface<Case> {};

TEST_P(DiskShimCut, LeavesWhatWasSynced) {
    for (const auto& [name, content] : GetParam().before) put(name, content);
    runAndCut(GetParam().steps);
    EXPECT_EQ(files(), GetParam().after);
}

const Case kCases[] = {
    {"AWrite", {{"a", "old"}}, {"write:a:NEW", "sync:a", "write:a:more"}, {{"a", "NEW"}}},
    {"AllWritesSinceTheSync",
     {{"a", "0123456789"}},
     {"pwrite:a:2:xx", "sync:a", "pwrite:a:1:yyy", "pwrite:a:3:zzzz", "pwrite:a:2:q"},
     {{"a", "01xx456789"}}},
    {"AWriteFarBehindTheEnd", {{"a", "old"}}, {"pwrite:a:100000:x"}, {{"a", "old"}}},
    {"ATruncation", {{"a", "0123456789"}}, {"truncate:a:4", "pwrite:a:6:x", "truncate:a:0"}, {{"a", "0123456789"}}},
    {"ATruncationSynced", {{"a", "0123456789"}}, {"truncate:a:4", "sync:a", "truncate:a:8"}, {{"a", "0123"}}},
    {"AnOpeningThatEmpties", {{"a", "old"}}, {"rewrite:a", "write:a:newer"}, {{"a", "old"}}},
    {"WritesAfterAClose", {{"a", "old"}}, {"write:a:NEW", "close:a", "write:a:new"}, {{"a", "old"}}},
    {"OnlyTheFileThatWasSynced",
     {{"a", "old"}, {"b", "old"}},
     {"write:a:new", "write:b:new", "sync:b"},
     {{"a", "old"}, {"b", "new"}}},
    {"AFileInASyncedFolderIsEmptyUntilItsOwnSync", {}, {"write:d/a:x", "syncfolder:d"}, {{"d/a", ""}}},
    {"AFileWhoseFolderWasNotSyncedIsGone", {}, {"write:d/a:x", "sync:d/a"}, {}},
    {"AFileWithBoth", {}, {"write:d/a:x", "sync:d/a", "syncfolder:d"}, {{"d/a", "x"}}},
    {"ARename", {{"a", "x"}}, {"rename:a:b"}, {{"a", "x"}}},
    {"ARenameSynced", {{"a", "x"}}, {"rename:a:b", "syncfolder:."}, {{"b", "x"}}},
    {"ARenameOverAnother", {{"a", "x"}, {"b", "y"}}, {"rename:a:b"}, {{"a", "x"}, {"b", "y"}}},
    {"ARenameIntoAFolder", {{"a", "x"}}, {"rename:a:d/a"}, {{"a", "x"}}},
    {"ARenameOfWhichTheTargetIsSynced", {{"a", "x"}}, {"rename:a:d/a", "syncfolder:d"}, {{"a", "x"}, {"d/a", "x"}}},
    {"RenamesInARow", {{"a", "x"}, {"b", "y"}}, {"rename:a:c", "rename:b:a", "rename:c:b"}, {{"a", "x"}, {"b", "y"}}},
    {"AnUnlink", {{"a", "x"}}, {"unlink:a"}, {{"a", "x"}}},
    {"AnUnlinkSynced", {{"a", "x"}}, {"unlink:a", "syncfolder:."}, {}},
    {"AFileMadeWhereOneWasUnlinked", {{"a", "x"}}, {"unlink:a", "write:a:y", "sync:a"}, {{"a", "x"}}},
    {"WritesToWhatWasUnlinkedSince", {{"a", "old"}}, {"write:a:new", "unlink:a"}, {{"a", "old"}}},
    {"AnUnlinkThatFailed", {{"a", "x"}}, {"unlink:a", "unlinkmissing:b"}, {{"a", "x"}}},
    {"SharedMemoryStays", {{"a-shm", "x"}}, {"write:a-shm:y", "write:b-shm:y"}, {{"a-shm", "y"}, {"b-shm", "y"}}},
};
INSTANTIATE_TEST_SUITE_P(Of, DiskShimCut, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return test.param.name; });

TEST_F(DiskShim, ForgetsWhatAKilledProcessKept) {
    put("a", "old");
    const pid_t child = start({"unlink:a", "write:a:new"}, {{"DISK_SHIM_CONTROL", control()}});
    EXPECT_TRUE(awaitDone());
    ::kill(child, SIGKILL);  // the kernel has it all
    endOf(child);
    runAndCut({"rename:a:b", "syncfolder:.", "write:a:newer"});
    EXPECT_EQ(files(), (Files{{"b", "new"}}));
    EXPECT_TRUE(fs::is_empty(root() / ".disk_shim"));
}

TEST_F(DiskShim, LeavesOtherFoldersAlone) {
    runAndCut({"write:../outside:x"});
    EXPECT_EQ(readFile(root() / "../outside"), "x");
}

TEST_F(DiskShim, KeepsNothingOfASyncThatIsIgnored) {
    put("a", "old");
    runAndCut({"write:a:new", "sync:a", "write:d/b:new", "sync:d/b", "syncfolder:d"}, {{"DISK_SHIM_IGNORE_SYNC", "1"}});
    EXPECT_EQ(files(), (Files{{"a", "old"}}));
}

TEST_F(DiskShim, HoldsASyncUntilItIsReleased) {
    put("a", "old");
    const int fifo = tellAhead("hold\n");
    const pid_t child = start({"sleep:100", "write:a:new", "sync:a"}, {{"DISK_SHIM_CONTROL", control()}});
    ::usleep(300000);
    EXPECT_FALSE(isDone());
    tell("release\n");
    EXPECT_TRUE(awaitDone());
    tell("cut\n");
    EXPECT_EQ(endOf(child), SIGKILL);
    EXPECT_EQ(files(), (Files{{"a", "new"}}));
    ::close(fifo);
}

TEST_F(DiskShim, CutsWhileASyncIsHeld) {
    put("a", "old");
    const int fifo = tellAhead("hold\n");
    const pid_t child = start({"sleep:100", "write:a:new", "sync:a"}, {{"DISK_SHIM_CONTROL", control()}});
    ::usleep(300000);
    tell("cut\n");
    EXPECT_EQ(endOf(child), SIGKILL);
    EXPECT_EQ(files(), (Files{{"a", "old"}}));
    ::close(fifo);
}

TEST_F(DiskShim, CountsWithoutAControl) {
    const pid_t child =
        start({"write:a:four", "write:a:two", "sync:a", "syncfolder:.", "write:../outside:x", "sync:../outside"},
              {{"DISK_SHIM_COUNTS", dir() + "/counts"}, {"DISK_SHIM_SLOW_SYNC_MS", "1"}});
    EXPECT_TRUE(awaitDone());
    ::kill(child, SIGKILL);
    endOf(child);
    const Bytes bytes = readBytes(dir() + "/counts");
    std::array<std::uint64_t, 3> counts{};
    ASSERT_EQ(bytes.size(), sizeof counts);
    std::memcpy(counts.data(), bytes.data(), sizeof counts);
    EXPECT_EQ(counts, (std::array<std::uint64_t, 3>{2, 2, 7}));
}

TEST_F(DiskShim, RefusesARootThatIsNotThere) {
    const pid_t child = start({}, {{"DISK_SHIM_ROOT", dir() + "/missing"}});
    EXPECT_EQ(endOf(child), -2);
}

// Calls that change files and would pass by the shim.
TEST(DiskShimCoverage, TheDaemonAndSqliteUseNoOtherCalls) {
    const Outcome imports =
        run("program='" MAILCA_BINARY_DIR
            "/mailcad'; sqlite=$(ldd $program | awk '/libsqlite3/ {print $3}'); "
            "nm -D --undefined-only $program $sqlite | awk '$1 == \"U\" {sub(/@.*/, \"\", $2); print $2}'");
    ASSERT_EQ(imports.status, 0) << imports.output;
    std::istringstream lines(imports.output);
    std::set<std::string> names;
    for (std::string name; std::getline(lines, name);) names.insert(name);
    ASSERT_TRUE(names.contains("pwrite64")) << imports.output;  // SQLite's
    // dup2 is there for the child that becomes the signer, which writes no files.
    for (const char* unseen : {"creat",
                               "creat64",
                               "__open_2",
                               "__open64_2",
                               "__openat_2",
                               "__openat64_2",
                               "dup",
                               "dup3",
                               "pwritev",
                               "pwritev64",
                               "pwritev2",
                               "pwritev64v2",
                               "truncate",
                               "truncate64",
                               "fallocate",
                               "fallocate64",
                               "posix_fallocate",
                               "posix_fallocate64",
                               "copy_file_range",
                               "sendfile",
                               "sendfile64",
                               "splice",
                               "renameat",
                               "renameat2",
                               "linkat",
                               "symlink",
                               "remove",
                               "mkstemp",
                               "mkstemp64",
                               "sync",
                               "syncfs",
                               "sync_file_range",
                               "fopen",
                               "fopen64",
                               "syscall"}) {
        EXPECT_FALSE(names.contains(unseen)) << unseen;
    }
}

}  // namespace
}  // namespace mailca::test
