package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MountPointsTest {
  @TempDir Path folder;

  private LocalSandboxProvider provider;
  private Path workspace;
  private Path skill;

  @BeforeEach
  void create() throws Exception {
    provider = new LocalSandboxProvider(folder.resolve("run"));
    workspace = Files.createDirectory(folder.resolve("workspace"));
    skill = Files.createDirectory(folder.resolve("skill"));
    Files.writeString(skill.resolve("SKILL.md"), "how to");
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private SandboxSpec spec(String place) {
    return SandboxSpec.of(workspace).withMounts(List.of(new ReadOnlyMount(skill, place)));
  }

  @Test
  void showsAFolderReadOnly() throws Exception {
    for (String place : List.of("/workspace/skills/pdf", "/mnt/session/uploads/file_1")) {
      try (Sandbox sandbox = provider.start(spec(place))) {
        String script =
            "cat %1$s/SKILL.md; touch %1$s/x || touch %1$s/../x || rm -r %1$s || mv %1$s /tmp"
                .formatted(place);
        var result = sandbox.exec(ExecRequest.of("bash", "-c", script));
        assertThat(result.stdoutText()).isEqualTo("how to");
        assertThat(result.exitCode()).isNotZero();
      }
    }
    assertThat(workspace).isEmptyDirectory();
    assertThat(skill.resolve("SKILL.md")).hasContent("how to");
    assertThat(skill.resolve("x")).doesNotExist();
  }

  @Test
  void cannotBeReplacedByTheBox() throws Exception {
    try (Sandbox sandbox = provider.start(spec("/workspace/skills/pdf"))) {
      var result =
          sandbox.exec(
              ExecRequest.of("bash", "-c", "mv skills old || rm -rf skills || ln -sfn / skills"));
      assertThat(result.exitCode()).isNotZero();
      assertThat(sandbox.exec(ExecRequest.of("cat", "skills/pdf/SKILL.md")).stdoutText())
          .isEqualTo("how to");
    }
  }

  @Test
  void refusesAWorkspaceWhoseFolderIsALink() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.createSymbolicLink(workspace.resolve("skills"), outside);
    assertThatThrownBy(() -> provider.start(spec("/workspace/skills/pdf")))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("/workspace/skills is not a folder");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void refusesOtherPlaces() {
    for (String place :
        List.of(
            "/",
            "/usr",
            "/etc/passwd",
            "/workspace",
            "/workspace/a",
            "/workspace/../etc/a",
            "/mnt",
            "/mnt/../etc",
            "/mnt/./a",
            "mnt/a",
            "/workspace//a/b",
            "/workspace/a/..",
            "")) {
      assertThatThrownBy(() -> provider.start(spec(place)))
          .as(place)
          .isInstanceOf(SandboxException.class)
          .hasMessageContaining("a mount goes below /mnt");
    }
    assertThatThrownBy(
            () ->
                provider.start(
                    SandboxSpec.of(workspace)
                        .withMounts(
                            List.of(new ReadOnlyMount(folder.resolve("missing"), "/mnt/missing")))))
        .hasMessageContaining("no such path");
  }

  @Test
  void refusesNamesThatAreNoVariables() {
    for (String name : List.of("", "A=B", "1A", "A B", "A\0")) {
      assertThatThrownBy(
              () -> provider.start(SandboxSpec.of(workspace).withEnvironment(Map.of(name, "x"))))
          .as(name)
          .hasMessageContaining("not an environment variable");
    }
  }

  @Test
  void refusesAWorkspaceThatIsNotThere() {
    assertThatThrownBy(() -> provider.start(SandboxSpec.of(folder.resolve("missing"))))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("cannot use the workspace");
  }
}
