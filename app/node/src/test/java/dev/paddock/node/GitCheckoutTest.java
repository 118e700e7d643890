package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.agent.SessionDocument.Repository;
import dev.paddock.egress.AddressGuard;
import dev.paddock.egress.PrivateHosts;
import dev.paddock.node.GitCheckout.Failure;
import dev.paddock.sandbox.Workspace;
import dev.paddock.sandbox.WorkspaceRemoval;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitCheckoutTest {
  private static final String TOKEN = "a-very-secret-token";

  @TempDir private Path root;
  private Optional<TestingGitServer> server = Optional.empty();
  private Path source = Path.of("");
  private Path staging = Path.of("");

  @BeforeEach
  void serve() throws IOException, InterruptedException {
    Path program = Path.of("/usr/lib/git-core/git-http-backend");
    assumeTrue(Files.isExecutable(program), "git-http-backend is not installed");
    source = root.resolve("source");
    git(root, "init", "-q", "-b", "trunk", source.toString());
    Files.writeString(source.resolve("hello.txt"), "first");
    Files.createSymbolicLink(source.resolve("outside"), Path.of("/etc/hostname"));
    commit("one");
    Files.writeString(source.resolve("hello.txt"), "second");
    commit("two");
    git(source, "branch", "side", "HEAD~1");
    Path shared = Files.createDirectory(root.resolve("shared"));
    git(root, "clone", "-q", "--bare", source.toString(), shared.resolve("repo.git").toString());
    git(shared.resolve("repo.git"), "config", "uploadpack.allowAnySHA1InWant", "true");
    server = Optional.of(new TestingGitServer(shared, program.toString()));
    staging = Files.createDirectory(root.resolve("staging"));
  }

  @AfterEach
  void stop() {
    server.ifPresent(TestingGitServer::close);
  }

  private void commit(String message) throws IOException, InterruptedException {
    git(source, "add", "-A");
    git(source, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", message);
  }

  private static String git(Path folder, String... arguments)
      throws IOException, InterruptedException {
    return git(folder, Path.of("/dev/null"), arguments);
  }

  private static String git(Path folder, Path config, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("GIT_CONFIG_GLOBAL", config.toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.strip();
  }

  private String url(String name) {
    return "http://localhost:%d/%s".formatted(server.orElseThrow().port(), name);
  }

  private static Repository repository(String url, String branch, String commit) {
    return new Repository(
        url,
        Optional.of(branch).filter(text -> !text.isEmpty()),
        Optional.of(commit).filter(text -> !text.isEmpty()),
        "/workspace/repo",
        Optional.empty());
  }

  private static GitCheckout checkout(String privateHosts, long maxBytes) {
    return new GitCheckout(
        new AddressGuard(PrivateHosts.parse(privateHosts), Set::of),
        new GitProcess(maxBytes, Duration.ofMinutes(1)));
  }

  private Optional<Failure> run(Repository repository, Optional<String> token)
      throws InterruptedException {
    return checkout("localhost", 1 << 20).run(repository, staging.resolve("repo"), token);
  }

  @Test
  void defaultBranchBranchAndCommit() throws IOException, InterruptedException {
    Path folder = staging.resolve("repo");
    assertThat(run(repository(url("repo.git"), "", ""), Optional.empty())).isEmpty();
    assertThat(folder.resolve("hello.txt")).hasContent("second");
    assertThat(git(folder, "rev-parse", "--abbrev-ref", "HEAD")).isEqualTo("trunk");
    assertThat(git(folder, "rev-list", "--count", "HEAD")).isEqualTo("1");
    assertThat(folder.resolve(".git/hooks")).doesNotExist();

    Path shown = Files.createDirectory(root.resolve("workspace"));
    try (Workspace workspace = Workspace.open(shown, List.of())) {
      workspace.moveIn(folder, "/workspace/deep/repo");
      assertThat(workspace.read("deep/repo/hello.txt", 100)).asString().isEqualTo("second");
    }

    assertThat(run(repository(url("repo.git"), "side", ""), Optional.empty())).isEmpty();
    assertThat(folder.resolve("hello.txt")).hasContent("first");
    WorkspaceRemoval.remove(folder);

    String commit = git(source, "rev-parse", "HEAD~1");
    assertThat(run(repository(url("repo.git"), "", commit), Optional.empty())).isEmpty();
    assertThat(git(folder, "rev-parse", "HEAD")).isEqualTo(commit);
  }

  @Test
  void theTokenIsShownToTheHostAndKeptNowhere() throws IOException, InterruptedException {
    assertThat(run(repository(url("repo.git"), "", ""), Optional.of(TOKEN))).isEmpty();
    assertThat(server.orElseThrow().authorizations()).isNotEmpty().allMatch(Optional::isPresent);
    String header =
        server.orElseThrow().authorizations().getFirst().orElseThrow().substring("Basic ".length());
    try (Stream<Path> files = Files.walk(staging)) {
      for (Path file : files.filter(path -> Files.isRegularFile(path)).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(text).as(file.toString()).doesNotContain(TOKEN, header);
      }
    }
  }

  @Test
  void failuresHaveTheirType() throws InterruptedException {
    assertThat(run(repository(url("absent.git"), "", ""), Optional.empty()).orElseThrow().type())
        .isEqualTo("repository_not_found_error");
    assertThat(
            run(repository(url("repo.git"), "absent", ""), Optional.empty()).orElseThrow().type())
        .isEqualTo("repository_checkout_error");
    server.orElseThrow().refuse(401);
    Failure refused = run(repository(url("repo.git"), "", ""), Optional.of(TOKEN)).orElseThrow();
    assertThat(refused.type()).isEqualTo("repository_authentication_error");
    assertThat(refused.message()).doesNotContain(TOKEN);
    server.orElseThrow().refuse(403);
    assertThat(run(repository(url("repo.git"), "", ""), Optional.empty()).orElseThrow().type())
        .isEqualTo("repository_forbidden_error");
    server.orElseThrow().refuse(302);
    assertThat(run(repository(url("repo.git"), "", ""), Optional.empty()).orElseThrow().type())
        .isEqualTo("repository_clone_error");
  }

  @Test
  void privateHostsOtherProtocolsAndCredentialsAreRefused() throws InterruptedException {
    int before = server.orElseThrow().authorizations().size();
    GitCheckout closed = checkout("", 1 << 20);
    for (String url :
        List.of(
            url("repo.git"),
            "http://127.0.0.1:" + server.orElseThrow().port() + "/repo.git",
            "http://169.254.169.254/repo.git",
            "file:///etc/repo.git",
            "ssh://localhost/repo.git",
            "https://user:pass@localhost/repo.git")) {
      Optional<Failure> failure =
          closed.run(repository(url, "", ""), staging.resolve("repo"), Optional.empty());
      assertThat(failure.map(Failure::type)).as(url).contains("repository_clone_error");
    }
    assertThat(server.orElseThrow().authorizations()).hasSize(before);
  }

  @Test
  void whatIsTooLargeIsCutOff() throws InterruptedException {
    Optional<Failure> failure =
        checkout("localhost", 100)
            .run(repository(url("repo.git"), "", ""), staging.resolve("repo"), Optional.empty());
    assertThat(failure.orElseThrow().message()).contains("larger than");
  }

  /**
   * A repository whose files ask for programs that a configuration names: each runs in a clone with
   * that configuration, none in a checkout, though it lies in the home of that git.
   */
  @Test
  void attack11_aCheckoutRunsAProgramThatItsFilesAskFor() throws Exception {
    Path ran = root.resolve("ran");
    Path hook = Files.createDirectories(root.resolve("hooks")).resolve("post-checkout");
    Files.writeString(hook, "#!/bin/sh\necho hook >> " + ran + "\n");
    assertThat(hook.toFile().setExecutable(true)).isTrue();
    String config =
        """
        [core]
        \thooksPath = %1$s
        \tfsmonitor = "echo monitor >> %2$s; false"
        [filter "f"]
        \tsmudge = "echo filter >> %2$s; cat"
        [protocol "ext"]
        \tallow = always
        [submodule]
        \trecurse = true
        """
            .formatted(hook.getParent(), ran);
    Files.writeString(source.resolve(".gitattributes"), "* filter=f\n");
    Files.writeString(
        source.resolve(".gitmodules"),
        "[submodule \"sub\"]\n\tpath = sub\n\turl = \"ext::sh -c echo%% submodule%% >>%s\"\n"
            .formatted(ran));
    String head = git(source, "rev-parse", "HEAD");
    Files.createDirectory(source.resolve("sub"));
    git(source, "update-index", "--add", "--cacheinfo", "160000," + head + ",sub");
    commit("asks for programs");
    git(source, "push", "-q", root.resolve("shared/repo.git").toString(), "trunk");

    Files.writeString(staging.resolve(".gitconfig"), config);
    assertThat(run(repository(url("repo.git"), "", ""), Optional.empty())).isEmpty();
    assertThat(staging.resolve("repo/.gitattributes")).exists();
    assertThat(ran).doesNotExist();

    git(root, staging.resolve(".gitconfig"), "clone", "-q", url("repo.git"), "plain");
    assertThat(ran).content().contains("filter", "hook");
  }
}
