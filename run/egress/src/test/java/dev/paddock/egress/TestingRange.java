package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.egress.TestingProxy.Setup;
import dev.paddock.sandbox.LocalSandboxProvider;
import dev.paddock.sandbox.spi.EgressSocket;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Where ways out are tried, by real commands in real boxes: once past a proxy with every measure,
 * then without each single one that is said to hold, then without all of them. It must fail, fail,
 * and succeed.
 */
final class TestingRange implements AutoCloseable {
  private final Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "paddock-range");
  private final LocalSandboxProvider boxes = new LocalSandboxProvider(folder.resolve("boxes"));
  private Setup setup;
  private final List<Consumer<TestingNames>> names = new ArrayList<>();

  TestingRange(Setup setup) throws IOException {
    this.setup = setup;
  }

  TestingRange setup(Setup changed) {
    setup = changed;
    return this;
  }

  TestingRange name(String name, String... addresses) {
    names.add(known -> known.with(name, addresses));
    return this;
  }

  /** A way out that is tried. */
  interface Attack {
    /** Whether it got out, as seen from outside. */
    boolean succeeds(Round round) throws Exception;
  }

  void assertHeldBy(Attack attack, EgressMeasure first, EgressMeasure... rest) throws Exception {
    assertHeld(attack);
    List<EgressMeasure> all = Stream.concat(Stream.of(first), Stream.of(rest)).toList();
    if (all.size() > 1) {
      for (EgressMeasure measure : all) {
        assertThat(succeeds(attack, EgressMeasure.allBut(measure)))
            .as("the attack succeeds without " + measure + " alone")
            .isFalse();
      }
    }
    assertThat(succeeds(attack, EgressMeasure.allBut(first, rest)))
        .as("the attack succeeds without " + all)
        .isTrue();
  }

  void assertHeld(Attack attack) throws Exception {
    assertThat(succeeds(attack, EgressMeasure.ALL)).as("the attack succeeds").isFalse();
  }

  private boolean succeeds(Attack attack, Set<EgressMeasure> measures) throws Exception {
    try (Round round = round(measures)) {
      return attack.succeeds(round);
    }
  }

  Round round() throws IOException {
    return round(EgressMeasure.ALL);
  }

  Round round(Set<EgressMeasure> measures) throws IOException {
    EgressOptions options = setup.options().withMeasures(measures);
    if (!measures.contains(EgressMeasure.CANONICAL_HOSTS)) {
      options = options.withTargets(NaiveTargets::read);
    }
    TestingProxy proxy = setup.with(options).start();
    names.forEach(change -> change.accept(proxy.names));
    Path workspace = Files.createTempDirectory(folder, "workspace");
    EgressSocket egress = new EgressSocket(proxy.proxy.socket(), proxy.proxy.certificates());
    Sandbox sandbox = boxes.start(SandboxSpec.of(workspace).withEgress(egress));
    return new Round(sandbox, proxy, workspace);
  }

  @Override
  public void close() throws IOException {
    boxes.close();
    EgressFolder.delete(folder);
  }

  /** One box and its proxy. */
  record Round(Sandbox sandbox, TestingProxy proxy, Path workspace) implements AutoCloseable {
    ExecResult bash(String script) throws InterruptedException {
      return sandbox.exec(ExecRequest.of("bash", "-c", script));
    }

    /** Sends bytes to the proxy's port in the box; Perl's escapes count. */
    ExecResult raw(String bytes) throws InterruptedException {
      return sandbox.exec(
          ExecRequest.of(
              "perl",
              "-e",
              """
              use IO::Socket::INET;
              my $proxy = IO::Socket::INET->new(PeerAddr => '127.0.0.1:3128') or die;
              $SIG{PIPE} = 'IGNORE';
              $proxy->autoflush(1);
              print $proxy "%s";
              shutdown($proxy, 1);
              print while <$proxy>;
              """
                  .formatted(bytes)));
    }

    @Override
    public void close() throws IOException {
      sandbox.close();
      proxy.close();
    }
  }
}
