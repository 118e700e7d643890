package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApplyPatchTest {
  @TempDir Path temp;
  private Path folder;
  private Path outside;
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    folder = Files.createDirectories(temp.resolve("workspace"));
    outside = Files.createDirectories(temp.resolve("outside"));
    Files.writeString(outside.resolve("canary"), "canary\n");
    Path skill = Files.createDirectories(temp.resolve("pdf"));
    Files.writeString(skill.resolve("SKILL.md"), "how to\n");
    workspace =
        Workspace.open(
            folder, List.of(new ReadOnlyMount(skill, "/workspace/skills/pdf")), 4L << 20);
  }

  @AfterEach
  void close() {
    workspace.close();
  }

  private ToolResult apply(String body) throws InterruptedException {
    return new ApplyPatchTool(workspace)
        .run(
            new ToolInvocation(
                new SessionId("sesn_1"),
                new EventId("sevt_1"),
                Json.object().put("input", "*** Begin Patch\n" + body + "*** End Patch\n"),
                Duration.ofSeconds(120),
                ToolInvocation.Progress.NONE));
  }

  private void assertApplied(String body, String summary) throws InterruptedException {
    assertThat(apply(body)).isEqualTo(ToolResult.ok("patch applied:\n" + summary));
  }

  /** Refused with these words, and no byte of the workspace or outside it is another. */
  private void assertRefused(String body, String why) throws Exception {
    Map<String, String> before = tree();
    ToolResult result = apply(body);
    assertThat(ContentBlock.textOf(result.content())).contains(why);
    assertThat(result.isError()).isTrue();
    assertThat(tree()).isEqualTo(before);
    assertThat(outside.resolve("canary")).hasContent("canary\n");
  }

  private Map<String, String> tree() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(temp)) {
      for (Path path : paths.toList()) {
        boolean file = Files.isRegularFile(path) && !Files.isSymbolicLink(path);
        String text = file ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
        files.put(temp.relativize(path).toString(), text);
      }
    }
    return files;
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void addsChangesMovesAndDeletes() throws Exception {
    write("src/app.py", "import os\n\ndef greet():\n    print(\"Hi\")\n");
    write("old.txt", "x\n");
    write("note", "a\nb\n");
    assertApplied(
        """
        *** Add File: docs/deep/new.md
        +hello
        *** Update File: src/app.py
        *** Move to: src/main.py
        @@ def greet():
        -    print("Hi")
        +    print("Hello")
        *** Delete File: old.txt
        *** Update File: /workspace/note
        @@
         a
        -b
        +c
        """,
        "A docs/deep/new.md\nM src/main.py (was src/app.py)\nD old.txt\nM note");
    assertThat(tree().keySet())
        .filteredOn(name -> name.startsWith("workspace/"))
        .containsExactly(
            "workspace/docs",
            "workspace/docs/deep",
            "workspace/docs/deep/new.md",
            "workspace/note",
            "workspace/src",
            "workspace/src/main.py");
    assertThat(read("docs/deep/new.md")).isEqualTo("hello\n");
    assertThat(read("src/main.py")).isEqualTo("import os\n\ndef greet():\n    print(\"Hello\")\n");
    assertThat(read("note")).isEqualTo("a\nc\n");
  }

  @Test
  void nestedAnchorsFindTheRightPlace() throws Exception {
    write("a", "class A\n def f\n  1\nclass B\n def f\n  1\n");
    assertApplied("*** Update File: a\n@@ class B\n@@  def f\n-  1\n+  2\n", "M a");
    assertThat(read("a")).isEqualTo("class A\n def f\n  1\nclass B\n def f\n  2\n");
  }

  @Test
  void onlyInsertedLinesGoBehindTheirAnchorElseToTheEnd() throws Exception {
    write("a", "one\ntwo\n");
    assertApplied("*** Update File: a\n@@ one\n+1.5\n@@\n+three\n", "M a");
    assertThat(read("a")).isEqualTo("one\n1.5\ntwo\nthree\n");
  }

  @Test
  void theEndOfTheFileIsMeantWhereItIsSaid() throws Exception {
    write("a", "x\ny\nx\n");
    assertApplied("*** Update File: a\n@@\n-x\n+z\n*** End of File\n", "M a");
    assertThat(read("a")).isEqualTo("x\ny\nz\n");
    assertRefused("*** Update File: a\n@@\n-y\n+z\n*** End of File\n", "does not end with");
  }

  @Test
  void lineEndsStayAsTheyAre() throws Exception {
    write("dos", "a\r\nb\r\nc\r\n");
    assertApplied("*** Update File: dos\n@@\n a\n-b\n+B\n+BB\n", "M dos");
    assertThat(read("dos")).isEqualTo("a\r\nB\r\nBB\r\nc\r\n");
    write("mixed", "a\nb\r\nc\rd\n");
    assertApplied("*** Update File: mixed\n@@\n-a\n+A\n", "M mixed");
    assertThat(read("mixed")).isEqualTo("A\nb\r\nc\rd\n");
    write("open", "a\nb");
    assertApplied("*** Update File: open\n@@\n-a\n+A\n", "M open");
    assertThat(read("open")).as("as in the reference, the last line ends").isEqualTo("A\nb\n");
  }

  @Test
  void allLinesMayGo() throws Exception {
    write("a", "x\ny\n");
    assertApplied("*** Update File: a\n@@\n-x\n-y\n", "M a");
    assertThat(read("a")).isEmpty();
    assertApplied("*** Add File: b\n*** Update File: a\n@@\n+z\n", "A b\nM a");
    assertThat(read("a")).isEqualTo("z\n");
    assertThat(read("b")).isEmpty();
  }

  @Test
  void linesAreFoundAsTheyAreRememberedAndStayAsTheyAre() throws Exception {
    write("a", "  if (x)  \n\tsay(\u201chello\u201d) \u2014 now\n-\n");
    assertApplied("*** Update File: a\n@@\n if (x)\n say(\"hello\") - now\n--\n+=\n", "M a");
    assertThat(read("a")).isEqualTo("  if (x)  \n\tsay(\u201chello\u201d) \u2014 now\n=\n");
  }

  @Test
  void laterChangesSeeEarlierOnes() throws Exception {
    write("a", "1\n");
    assertApplied(
        """
        *** Update File: a
        @@
        -1
        +2
        *** Update File: ./a
        @@
        -2
        +3
        *** Add File: b
        +x
        *** Update File: b
        *** Move to: c
        @@
        -x
        +y
        *** Delete File: a
        *** Add File: a
        +new
        """,
        "M a\nM a\nA b\nM c (was b)\nD a\nA a");
    assertThat(read("a")).isEqualTo("new\n");
    assertThat(read("c")).isEqualTo("y\n");
    assertThat(folder.resolve("b")).doesNotExist();
  }

  @Test
  void permissionsGoAlong() throws Exception {
    write("run.sh", "1\n");
    Files.setPosixFilePermissions(
        folder.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-x---"));
    assertApplied("*** Update File: run.sh\n@@\n-1\n+2\n", "M run.sh");
    assertThat(Files.getPosixFilePermissions(folder.resolve("run.sh")))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
    assertApplied(
        "*** Update File: run.sh\n*** Move to: bin/run\n@@\n-2\n+3\n", "M bin/run (was run.sh)");
    assertThat(Files.isExecutable(folder.resolve("bin/run"))).isTrue();
  }

  @Test
  void nothingIsWrittenWhereALaterPartCannotBeApplied() throws Exception {
    write("a", "1\n");
    write("folder/x", "");
    String first = "*** Add File: new\n+x\n*** Update File: a\n@@\n-1\n+2\n";
    assertRefused(first + "*** Delete File: none\n", "file not found: none");
    assertRefused(
        first + "*** Update File: a\n@@\n-1\n+3\n", "a, the place at line 9 of the patch");
    assertRefused(first + "*** Delete File: folder\n", "it is a folder");
    assertRefused(first + "*** Add File: a/below\n+x\n", "a is a file, not a folder");
    assertRefused(first + "*** Delete File: new\n*** Delete File: new\n", "not found: new");
    assertRefused(first + "*** Delete File: a\n*** Delete File: a\n", "deleted earlier");
    assertRefused(first + "*** Add File: skills/pdf/SKILL.md\n+x\n", "read-only");
    assertRefused(first + "*** Delete File: skills/pdf/SKILL.md\n", "read-only");
  }

  @Test
  void aWriteThatFailsUndoesTheWritesBeforeIt() throws Exception {
    write("a", "1\n");
    write("deep/old", "keep\n");
    assertRefused(
        """
        *** Update File: a
        @@
        -1
        +2
        *** Add File: deep/old
        +replaced
        *** Add File: new/folder/file
        +x
        *** Add File: new/folder/file/below
        +x
        *** Delete File: a
        *** Add File: a
        +3
        """,
        "no file was changed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../outside/canary",
        "a/../../outside/canary",
        "/workspace/../outside/canary",
        "link/canary",
        "file-link",
        "dangling",
        "relative-link",
        "/proc/self/environ"
      })
  void noPathLeadsOut(String path) throws Exception {
    Files.createSymbolicLink(folder.resolve("link"), outside);
    Files.createSymbolicLink(folder.resolve("file-link"), outside.resolve("canary"));
    Files.createSymbolicLink(folder.resolve("dangling"), outside.resolve("none"));
    Files.createSymbolicLink(folder.resolve("relative-link"), Path.of("../outside/canary"));
    write("a", "1\n");
    String first = "*** Update File: a\n@@\n-1\n+2\n";
    assertRefused(first + "*** Update File: " + path + "\n@@\n-canary\n+x\n", "outside");
    assertRefused(first + "*** Add File: " + path + "\n+x\n", "outside");
    assertRefused("*** Update File: a\n*** Move to: " + path + "\n@@\n-1\n+2\n", "outside");
    assertRefused(first + "*** Delete File: " + path + "\n", "outside");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "/workspace", "./", "a/.."})
  void theWorkspaceItselfStays(String path) throws Exception {
    assertRefused("*** Delete File: " + path + "\n", "is the workspace itself");
    assertRefused("*** Add File: " + path + "\n+x\n", "is the workspace itself");
  }

  @Test
  void pathsThatAreNone() throws Exception {
    assertRefused("*** Add File: a\0b\n+x\n", "zero byte");
    assertRefused("*** Add File: a\\x00b\n+x\n", "zero byte");
    assertRefused("*** Add File: " + "a/".repeat(3000) + "\n+x\n", "longer than");
  }

  @Test
  void aDeletedLinkLeavesWhatItLeadsTo() throws Exception {
    write("a", "1\n");
    Files.createSymbolicLink(folder.resolve("link"), Path.of("a"));
    assertApplied("*** Delete File: link\n", "D link");
    assertThat(read("a")).isEqualTo("1\n");
    Files.createSymbolicLink(folder.resolve("link"), Path.of("a"));
    assertRefused(
        "*** Update File: link\n@@\n-1\n+2\n*** Update File: a\n@@\n-1\n+3\n", "the same file");
  }

  @Test
  void whatIsNoTextIsLeftAlone() throws Exception {
    Files.write(folder.resolve("b"), new byte[] {0, 1, 2});
    assertRefused("*** Update File: b\n@@\n+x\n", "binary data");
    Files.write(folder.resolve("l"), new byte[] {(byte) 0xe4, '\n'});
    assertRefused("*** Update File: l\n@@\n+x\n", "not UTF-8");
  }

  @Test
  void largeFilesAreLeftToOtherMeans() throws Exception {
    write("big", "x".repeat(PatchApplier.MAX_FILE_BYTES + 1));
    assertRefused("*** Update File: big\n@@\n+x\n", "at most 1,048,576");
    assertRefused("*** Add File: big\n+x\n", "at most 1,048,576");
    assertApplied("*** Delete File: big\n", "D big");
    assertRefused(
        "*** Add File: n\n+" + "x".repeat(5 << 20) + "\n", "the workspace's limit is 4 MiB");
  }

  @Test
  void aSearchThatIsMadeToBeSlowEnds() throws Exception {
    String half = "\n".repeat(400_000);
    write("a", half + half);
    assertRefused("*** Update File: a\n@@\n" + " \n".repeat(400_000) + "-x\n", "repeat too often");
  }

  @Test
  void hintsAtTheFileThatWasMeant() throws Exception {
    write("src/main.py", "x\n");
    assertRefused("*** Update File: src/mian.py\n@@\n-x\n", "did you mean src/main.py?");
  }
}
