package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What agents use works in a box. */
final class ProgramsTest {
  @TempDir Path folder;

  private ExecResult run(String script) throws Exception {
    Path workspace = Files.createDirectory(folder.resolve("workspace"));
    try (LocalSandboxProvider provider = new LocalSandboxProvider(folder.resolve("run"));
        Sandbox sandbox = provider.start(SandboxSpec.of(workspace))) {
      return sandbox.exec(ExecRequest.of("bash", "-c", script));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      textBlock =
          """
          bash    ¦ cat <(echo works) ¦ works
          bash    ¦ coproc cat; echo works >&${COPROC[1]}; read -u ${COPROC[0]} x; echo $x ¦ works
          python3 ¦ /usr/bin/python3 -c 'import threading, subprocess, multiprocessing as m; q = m.Queue(); t = threading.Thread(target=lambda: q.put("works")); t.start(); t.join(); subprocess.run(["echo", q.get()])' ¦ works
          node    ¦ node -e 'require("child_process").exec("echo works", (e, o) => console.log(o.trim()))' ¦ works
          git     ¦ git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m works && git log --format=%s ¦ works
          perl    ¦ perl -MSocket -e 'socketpair(A, B, AF_UNIX, SOCK_STREAM, 0) or die; syswrite(A, "works"); sysread(B, $x, 5); print "$x\\n"' ¦ works
          tar     ¦ echo works > a; tar cf - a | (mkdir b; tar xf - -C b); cat b/a ¦ works
          gcc     ¦ echo 'int main() { return 7; }' > a.c && gcc a.c -o a; ./a; [ $? = 7 ] && echo works ¦ works
          java    ¦ for j in /usr/lib/jvm/*/bin/java; do $j -XX:+UseSerialGC -Xmx64m -version 2> /dev/null && echo works; break; done ¦ works
          """)
  void runs(String program, String script, String expected) throws Exception {
    boolean there =
        program.equals("java")
            ? Files.isDirectory(Path.of("/usr/lib/jvm"))
            : Files.isExecutable(Path.of("/usr/bin", program));
    assumeTrue(there, "needs " + program);
    ExecResult result = run(script);
    assertThat(result.stdoutText().strip()).as(result.stderrText()).isEqualTo(expected);
  }

  @Test
  void resolvesItsOwnNameAndNoOther() throws Exception {
    ExecResult result = run("getent hosts localhost; getent hosts example.com; echo $?");
    assertThat(result.stdoutText()).contains("localhost").endsWith("\n2\n");
  }
}
