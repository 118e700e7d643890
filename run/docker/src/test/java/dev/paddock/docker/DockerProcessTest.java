package dev.paddock.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.sandbox.ProcessContract;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.RunningProcess;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.TerminalSize;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DockerProcessTest extends ProcessContract {
  @Override
  protected SandboxProvider open(Path base) {
    return TestingEngines.provider(base);
  }

  @Override
  protected String user() {
    return System.getProperty("user.name"); // whose workspace it is
  }

  @Override
  protected boolean commandsHaveNetworks() {
    return false;
  }

  private static List<ProcessHandle> sleeping(String seconds) {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .filter(line -> line.endsWith("sleep " + seconds))
                    .isPresent())
        .toList();
  }

  @Test
  void aKilledTerminalTakesItsWholeTreeWithIt() throws Exception {
    RunningProcess process =
        sandbox()
            .start(
                terminal(
                    "trap '' HUP INT TERM; setsid sleep 76543 & nohup sleep 76543 & echo up; sleep 76543"));
    until(process, "up");
    while (sleeping("76543").size() < 3) {
      Thread.onSpinWait();
    }
    process.kill();
    assertThat(end(process).killedBy()).contains(KilledBy.INTERRUPT);
    assertThat(sleeping("76543")).isEmpty();
  }

  @Test
  void attack20_typesIntoItsTerminal() throws Exception {
    String type =
        "my $key = 'x'; my $held = !ioctl(STDIN, 0x5412, $key); print $held ? \"held $!\\n\" : \"typed\\n\"";
    RunningProcess process =
        sandbox().start(ProcessRequest.of("perl", "-e", type).withTerminal(TerminalSize.USUAL));
    assertThat(end(process).text()).contains("held Operation not permitted");
  }

  @Test
  void attack20_writesToATerminalOfTheHost() throws Exception {
    String own = "own=$(readlink /proc/self/fd/0); for t in /dev/pts/[0-9]*; do ";
    RunningProcess process =
        sandbox().start(terminal(own + "[ $t = $own ] || echo other $t; done; echo over"));
    assertThat(end(process).text()).contains("over").doesNotContain("other");
  }
}
