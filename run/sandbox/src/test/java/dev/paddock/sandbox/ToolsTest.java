package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Tool;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.ShellRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolsTest {
  @TempDir Path temp;
  private Path folder;
  private Workspace workspace;
  private final TestingSandbox sandbox = new TestingSandbox();

  @BeforeEach
  void open() throws IOException {
    folder = Files.createDirectories(temp.resolve("workspace"));
    workspace = Workspace.open(folder, List.of());
  }

  @AfterEach
  void close() {
    workspace.close();
  }

  private ToolResult call(Tool tool, String... fields) throws InterruptedException {
    ObjectNode input = Json.object();
    for (int i = 0; i < fields.length; i += 2) {
      input.set(
          fields[i],
          fields[i + 1].startsWith("=")
              ? Json.tree(fields[i + 1].substring(1))
              : Json.tree((Object) fields[i + 1]));
    }
    return tool.run(
        new ToolInvocation(
            new SessionId("sesn_1"),
            new EventId("sevt_1"),
            input,
            Duration.ofSeconds(120),
            ToolInvocation.Progress.NONE));
  }

  private ToolResult call(String name, String... fields) throws InterruptedException {
    Tool tool =
        SandboxTools.all(workspace, new LazySandbox(() -> sandbox), ShellRequest.MAIN).stream()
            .filter(candidate -> candidate.definition().name().equals(name))
            .findFirst()
            .orElseThrow();
    return call(tool, fields);
  }

  private static void assertOk(ToolResult result, String text) {
    assertThat(result).isEqualTo(ToolResult.ok(text));
  }

  private static void assertError(ToolResult result, String text) {
    assertThat(result).isEqualTo(ToolResult.error(text));
  }

  @Test
  void theToolsetIsTheDocumentedOne() {
    assertThat(SandboxTools.all(workspace, new LazySandbox(() -> sandbox), ShellRequest.MAIN))
        .extracting(tool -> tool.definition().name())
        .containsExactly("bash", "read", "write", "edit", "glob", "grep");
    assertThat(SandboxTools.all(workspace, new LazySandbox(() -> sandbox), ShellRequest.MAIN))
        .filteredOn(tool -> tool.definition().readOnly())
        .extracting(tool -> tool.definition().name())
        .containsExactly("read", "glob", "grep");
  }

  @Test
  void bashTellsOutputErrorsAndExitCodeApart() throws Exception {
    sandbox.answering(0, "out\n", "");
    assertOk(call("bash", "command", "x"), "out");
    sandbox.answering(0, "", "");
    assertOk(call("bash", "command", "x"), "[no output]");
    sandbox.answering(2, "\u001b[31mred\u001b[0m\n", "bad\n");
    assertError(call("bash", "command", "x"), "red\n[stderr]\nbad\n[exit code 2]");
    sandbox.killing(KilledBy.TIMEOUT, "ended after 1 s");
    assertError(call("bash", "command", "x"), "[stderr]\nended after 1 s\n[exit code 137]");
  }

  @Test
  void bashTakesATimeWithinTheCallsOwn() throws Exception {
    call("bash", "command", "a", "timeout_ms", "=1500");
    call("bash", "command", "b", "timeout_ms", "=999999999");
    call("bash", "command", "c");
    assertThat(sandbox.asked)
        .extracting(request -> request.timeout().toMillis())
        .containsExactly(1_500L, 120_000L, 120_000L);
  }

  @Test
  void bashRestartsOnlyAShellThatRuns() throws Exception {
    assertOk(call("bash", "restart", "=true"), "the shell was restarted");
    assertThat(sandbox.restarts).isZero();
    LazySandbox lazy = new LazySandbox(() -> sandbox);
    Tool bash = new BashTool(lazy, ShellRequest.MAIN);
    call(bash, "command", "x");
    call(bash, "command", "y", "restart", "=true");
    assertThat(sandbox.restarts).isEqualTo(1);
    assertThat(sandbox.asked).extracting(request -> request.command()).containsExactly("x", "y");
  }

  @Test
  void bashKeepsStartAndEndOfALongOutput() throws Exception {
    sandbox.answering(1, "start" + "x".repeat(300_000) + "end", "e".repeat(300_000));
    String text = ContentBlock.textOf(call("bash", "command", "x").content());
    assertThat(text).startsWith("startx").contains("characters left out", "xend\n[stderr]\ne");
    assertThat(text.length()).isLessThan(BashTool.MAX_OUTPUT * 13 / 10);
  }

  @Test
  void wrongInputIsToldInOneLine() throws Exception {
    assertError(call("bash"), "\"command\" is missing");
    assertError(
        call("bash", "command", "a\0b"),
        "\"command\" has a zero character, which bash cannot take");
    assertError(call("bash", "command", "=7"), "\"command\" must be a string");
    assertError(
        call("bash", "command", "x", "timeout_ms", "=0.5"),
        "\"timeout_ms\" must be a whole number");
    assertError(
        call("bash", "command", "x", "restart", "yes"), "\"restart\" must be true or false");
    assertError(call("read"), "\"file_path\" is missing");
    assertError(
        call("read", "file_path", "x", "view_range", "=[1]"),
        "\"view_range\" must be [start_line, end_line]");
    assertError(
        call("read", "file_path", "x", "view_range", "=[9,3]"),
        "\"view_range\" ends before it starts; lines count from 1");
    assertError(
        call("read", "file_path", "/etc/passwd"),
        "/etc/passwd is outside the workspace; use a path below /workspace");
    assertThat(sandbox.asked).isEmpty();
  }

  @Test
  void readGivesTextAsItIs() throws Exception {
    Files.writeString(folder.resolve("f"), "one\r\ntwo\n\nvier ü");
    assertOk(call("read", "file_path", "f"), "one\r\ntwo\n\nvier ü");
    assertOk(call("read", "file_path", "/workspace/f", "view_range", "=[2,3]"), "two\n");
    assertOk(call("read", "file_path", "f", "view_range", "=[3,-1]"), "\nvier ü");
    assertError(call("read", "file_path", "f", "view_range", "=[5,9]"), "f has only 4 lines");
    Files.writeString(folder.resolve("empty"), "");
    assertOk(call("read", "file_path", "empty"), "[the file is empty]");
  }

  @Test
  void readFindsTheLinesOfALargeFile() throws Exception {
    Files.writeString(
        folder.resolve("large"),
        IntStream.rangeClosed(1, 100_000)
            .mapToObj(i -> "line " + i)
            .collect(Collectors.joining("\n")));
    assertError(
        call("read", "file_path", "large"),
        "large has 1,088,894 bytes, more than the 262,144 that are read at once; read some of its lines with view_range");
    assertOk(
        call("read", "file_path", "large", "view_range", "=[70000,70001]"),
        "line 70000\nline 70001");
    assertThat(
            ContentBlock.textOf(
                call("read", "file_path", "large", "view_range", "=[1,-1]").content()))
        .endsWith("of large are more than 262,144 bytes; ask for fewer");
  }

  @Test
  void readSuggestsWhatMayHaveBeenMeant() throws Exception {
    Files.createDirectories(folder.resolve("src"));
    Files.writeString(folder.resolve("src/Main.java"), "");
    assertError(
        call("read", "file_path", "src/main.jav"),
        "file not found: src/main.jav; did you mean src/Main.java?");
    assertError(
        call("read", "file_path", "completely/else"),
        "file not found: completely/else; glob lists what is there");
  }

  @Test
  void readNamesWhatIsNoText() throws Exception {
    Files.write(folder.resolve("zeros"), new byte[300_000]);
    Files.write(folder.resolve("doc.pdf"), "%PDF-1.7 \0".getBytes(StandardCharsets.US_ASCII));
    Files.write(folder.resolve("latin1"), "Stra\u00dfe".getBytes(StandardCharsets.ISO_8859_1));
    String zeros =
        "zeros: 300,000 bytes of binary data; look at it in bash, such as with od or strings";
    assertError(call("read", "file_path", "zeros"), zeros);
    assertError(call("read", "file_path", "zeros", "view_range", "=[1,2]"), zeros);
    assertError(
        call("read", "file_path", "doc.pdf"),
        "doc.pdf: 10 bytes, a PDF document; get its text with a program such as pdftotext in bash");
    assertError(
        call("read", "file_path", "latin1"),
        "latin1: 6 bytes of text that is not UTF-8; convert it with iconv in bash");
    assertError(call("read", "file_path", "."), ".: it is a folder, not a file");
  }

  @Test
  void readShowsImages() throws Exception {
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 1, 2};
    Files.write(folder.resolve("p.dat"), png);
    ContentBlock.Image image =
        (ContentBlock.Image) call("read", "file_path", "p.dat").content().getFirst();
    assertThat(image.source().path("media_type").asText()).isEqualTo("image/png");
    assertThat(Base64.getDecoder().decode(image.source().path("data").asText())).isEqualTo(png);
    try (RandomAccessFile huge = new RandomAccessFile(folder.resolve("p.dat").toFile(), "rw")) {
      huge.setLength(1L << 33);
    }
    assertThat(ContentBlock.textOf(call("read", "file_path", "p.dat").content()))
        .startsWith("p.dat is an image of 8,589,934,592 bytes");
  }

  @Test
  void writeCreatesAndReplaces() throws Exception {
    assertOk(call("write", "file_path", "a/b", "content", "ü"), "created a/b (2 bytes)");
    assertOk(call("write", "file_path", "/workspace/a/b", "content", ""), "replaced a/b (0 bytes)");
    assertError(call("write", "file_path", "a", "content", "x"), "a: it is a folder, not a file");
    assertError(
        call("write", "file_path", "a/b/c", "content", "x"),
        "a/b/c: a part of the path is not a folder");
    assertError(call("write", "file_path", "", "content", "x"), ".: it is a folder, not a file");
  }

  @Test
  void editReplacesOneOrAll() throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "a\nb\na\n");
    assertOk(
        call("edit", "file_path", "f", "old_string", "b", "new_string", "$1"), "edited f, line 2");
    assertThat(file).hasContent("a\n$1\na\n");
    assertError(
        call("edit", "file_path", "f", "old_string", "a", "new_string", "c"),
        "old_string appears 2 times in f, lines 1, 3; add more of the text around the one you mean, or set replace_all");
    assertOk(
        call(
            "edit", "file_path", "f", "old_string", "a", "new_string", "c", "replace_all", "=true"),
        "edited f, lines 1, 3");
    assertThat(file).hasContent("c\n$1\nc\n");
  }

  @Test
  void editSaysWhyNothingMatched() throws Exception {
    Files.writeString(folder.resolve("tabs"), "if x:\n\treturn  1\n");
    Files.writeString(folder.resolve("crlf"), "a\r\nb\r\n");
    assertError(
        call("edit", "file_path", "tabs", "old_string", "if x:\n    return 1", "new_string", ""),
        "old_string not found in tabs; line 1 on differs from it in white space only");
    assertError(
        call("edit", "file_path", "crlf", "old_string", "a\nb", "new_string", ""),
        "old_string not found in crlf; the file's lines end in \\r\\n");
    assertError(
        call("edit", "file_path", "tabs", "old_string", "zzz", "new_string", ""),
        "old_string not found in tabs; read the file again, it may have changed");
    assertError(
        call("edit", "file_path", "tabs", "old_string", "", "new_string", "x"),
        "\"old_string\" is empty; use write to make a new file");
    assertError(
        call("edit", "file_path", "tab", "old_string", "x", "new_string", "y"),
        "file not found: tab; did you mean tabs?");
  }

  @Test
  void globListsTheNewestFirst() throws Exception {
    for (int i = 0; i < 3; i++) {
      Path file = Files.writeString(folder.resolve("f" + i), "");
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000 - i * 1000));
    }
    Files.createDirectories(folder.resolve("d"));
    Files.writeString(folder.resolve("d/g"), "");
    assertOk(call("glob", "pattern", "**"), "d/g\nf0\nf1\nf2");
    assertOk(call("glob", "pattern", "*", "path", "d"), "d/g");
    assertOk(call("glob", "pattern", "/workspace/f[01]"), "f0\nf1");
    assertOk(call("glob", "pattern", "nothing*"), "no matches");
    assertError(call("glob", "pattern", "*", "path", "e"), "file not found: e; did you mean d?");
    assertError(
        call("glob", "pattern", "../*"),
        "not a file pattern: \"../*\"; \"..\" would lead out of the folder");
  }

  @Test
  void globIsBoundedAndLeavesHeavyFoldersAlone() throws Exception {
    for (int i = 0; i < 250; i++) {
      Files.writeString(folder.resolve("f" + i), "");
    }
    Files.createDirectories(folder.resolve("a/.git"));
    Files.writeString(folder.resolve("a/.git/config"), "");
    String all = ContentBlock.textOf(call("glob", "pattern", "**").content());
    assertThat(all.lines()).hasSize(201).doesNotContain("a/.git/config");
    assertThat(all).endsWith("[50 more matches; use a narrower pattern]");
    assertOk(call("glob", "pattern", "**/.git/*"), "a/.git/config");
    assertOk(call("glob", "pattern", "*", "path", "a/.git"), "a/.git/config");
  }

  @Test
  void grepGivesLines() throws Exception {
    Files.createDirectories(folder.resolve("d"));
    Files.writeString(folder.resolve("d/a.py"), "import os\r\nprint(os.name)\n");
    Files.writeString(folder.resolve("b.txt"), "OS 1\nno\n");
    Files.write(folder.resolve("binary"), new byte[] {'o', 's', 0});
    assertOk(call("grep", "pattern", "\\bos\\b"), "d/a.py:1:import os\nd/a.py:2:print(os.name)");
    assertOk(
        call("grep", "pattern", "os", "ignore_case", "=true", "files_only", "=true"),
        "b.txt\nd/a.py");
    assertOk(call("grep", "pattern", "o", "glob", "*.txt"), "b.txt:2:no");
    assertOk(call("grep", "pattern", "^import", "path", "d/a.py"), "d/a.py:1:import os");
    assertOk(call("grep", "pattern", "zzz"), "no matches");
    assertError(
        call("grep", "pattern", "a(b"),
        "not a regular expression: Unclosed group at character 4; escape a literal one of .*+?()[]{}|^$ with a backslash");
  }

  @Test
  void grepFollowsALinkedFolderInsideOnlyWhenNamed() throws Exception {
    Files.createDirectories(folder.resolve("real"));
    Files.writeString(folder.resolve("real/f"), "needle");
    Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));
    Files.writeString(temp.resolve("secret"), "needle");
    Files.createSymbolicLink(folder.resolve("out"), temp);
    assertOk(call("grep", "pattern", "needle"), "real/f:1:needle");
    assertOk(call("grep", "pattern", "needle", "path", "link"), "link/f:1:needle");
    assertThat(call("grep", "pattern", "needle", "path", "out").isError()).isTrue();
  }

  @Test
  void grepCutsLongLinesAroundTheMatchAndEndsAtItsLimit() throws Exception {
    Files.writeString(folder.resolve("long"), "x".repeat(50_000) + "needle" + "y".repeat(50_000));
    String line = ContentBlock.textOf(call("grep", "pattern", "needle").content());
    assertThat(line).startsWith("long:1:…x").contains("needle").endsWith("y…");
    assertThat(line.length()).isEqualTo("long:1:".length() + 2_002);
    Files.writeString(folder.resolve("many"), "match this line\n".repeat(20_000));
    String many = ContentBlock.textOf(call("grep", "pattern", "match").content());
    assertThat(many)
        .endsWith("[more than 100 KB of matches; use a narrower pattern, glob or path]");
    assertThat(many.length()).isLessThan(GrepTool.MAX_OUTPUT + 100);
  }

  @Test
  void aPatternThatExplodesIsStopped() throws Exception {
    Files.writeString(folder.resolve("a"), "x".repeat(5_000) + "\n");
    Tool impatient = new GrepTool(workspace, Duration.ofSeconds(1));
    ToolResult slow = call(impatient, "pattern", "(x+x+)+y");
    assertThat(slow.isError()).isTrue();
    assertThat(ContentBlock.textOf(slow.content()))
        .isEqualTo(
            "[stopped: the search took longer than 1 s in line 1 of a; use a simpler pattern, or glob and path to search less]");
    Files.writeString(folder.resolve("a"), "ab".repeat(400_000));
    ToolResult deep = call("grep", "pattern", "(a|b)*c");
    assertThat(ContentBlock.textOf(deep.content()))
        .contains("the pattern is too deep for line 1 of a");
    assertError(
        call("grep", "pattern", "(".repeat(400) + ")".repeat(400) + "(".repeat(100)),
        "not a regular expression: Unclosed group at character 901; escape a literal one of .*+?()[]{}|^$ with a backslash");
  }

  @Test
  void anExplodingPatternCanBeInterrupted() throws Exception {
    Files.writeString(folder.resolve("a"), "x".repeat(5_000));
    AtomicReference<Throwable> ended = new AtomicReference<>();
    Tool patient = new GrepTool(workspace, Duration.ofDays(1));
    Thread search =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    call(patient, "pattern", "(x+x+)+y");
                  } catch (InterruptedException e) {
                    ended.set(e);
                  }
                });
    search.interrupt();
    search.join();
    assertThat(ended.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void aSparseFileOfATerabyteIsNotSearched() throws Exception {
    Files.writeString(folder.resolve("huge"), "needle\n");
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("huge").toFile(), "rw")) {
      file.setLength(1L << 40);
    }
    assertOk(
        call("grep", "pattern", "needle"), "[skipped huge: it is larger than 268,435,456 bytes]");
  }
}
