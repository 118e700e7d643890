package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.paddock.egress.TestingProxy.Setup;
import dev.paddock.sandbox.spi.ExecResult;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The clients that this machine has, as they are, in a box: they find the proxy by what the box's
 * environment says, and trust its certificates. Their server is a static one on loopback.
 */
@EnabledOnOs(OS.LINUX)
final class ClientsTest {
  private static final Path SITE = Path.of("/var/tmp");

  private final CertificateAuthority hosts = new CertificateAuthority();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private Path site;
  private HttpServer http;
  private HttpsServer https;
  private TestingRange range;
  private TestingRange.Round round;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/socat")), "needs socat");
    site = Files.createTempDirectory(SITE, "site");
    Files.writeString(site.resolve("hello.txt"), "hello");
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    http = HttpServer.create(any, 50);
    https = HttpsServer.create(any, 50);
    https.setHttpsConfigurator(new HttpsConfigurator(hosts.contextFor(Host.parse("allowed.test"))));
    for (HttpServer server : List.of(http, https)) {
      server
          .createContext("/", SimpleFileServer.createFileHandler(site))
          .getFilters()
          .add(
              Filter.beforeHandler(
                  "notes", exchange -> asked.add(exchange.getRequestURI().getPath())));
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
    }
    range =
        new TestingRange(
                Setup.of(EgressPolicy.NOTHING).with(new TrustedRoots(Set.of(hosts.certificate()))))
            .name("allowed.test", "127.0.0.1");
    round = range.round();
  }

  private void open(boolean inspected) {
    EgressPolicy policy = EgressPolicy.of(List.of(plain(), "https://" + secure()));
    List<HostPattern> looked = inspected ? List.of(HostPattern.parse("allowed.test")) : List.of();
    round.proxy().proxy.policy(policy.withInspected(looked));
  }

  @AfterEach
  void stop() throws Exception {
    if (site != null) {
      http.stop(0);
      https.stop(0);
      EgressFolder.delete(site);
    }
    if (range != null) {
      round.close();
      range.close();
    }
  }

  private String plain() {
    return "allowed.test:" + http.getAddress().getPort();
  }

  private String secure() {
    return "allowed.test:" + https.getAddress().getPort();
  }

  private void needs(String program) {
    assumeTrue(
        List.of("/usr/bin", "/usr/local/bin", "/bin", "/usr/local/go/bin").stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
        program + " is not among the programs that a box sees");
  }

  private String output(String script) throws InterruptedException {
    ExecResult result = round.bash(script);
    assertThat(result.exitCode()).as(result.stdoutText() + result.stderrText()).isZero();
    return result.stdoutText();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void curl(boolean inspected) throws Exception {
    needs("curl");
    open(inspected);
    assertThat(output("curl -sS http://" + plain() + "/hello.txt")).isEqualTo("hello");
    assertThat(output("curl -sS https://" + secure() + "/hello.txt")).isEqualTo("hello");
    assertThat(round.bash("curl -sS https://denied.test/").stderrText()).contains("403");
    round.proxy().record();
    assertThat(round.proxy().record().method()).isEqualTo(inspected ? "GET" : "CONNECT");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void wget(boolean inspected) throws Exception {
    needs("wget");
    open(inspected);
    assertThat(output("wget -qO- http://" + plain() + "/hello.txt")).isEqualTo("hello");
    assertThat(output("wget -qO- https://" + secure() + "/hello.txt")).isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void git(boolean inspected) throws Exception {
    needs("git");
    Process made =
        new ProcessBuilder(
                "sh",
                "-c",
                """
                git init -q work && cd work && echo content > file && git add file &&
                git -c user.name=t -c user.email=t@example.com commit -qm first && cd .. &&
                git clone -q --bare work repo.git && cd repo.git && git update-server-info
                """)
            .directory(site.toFile())
            .inheritIO()
            .start();
    assertThat(made.waitFor()).isZero();
    open(inspected);
    for (String url : List.of("http://" + plain(), "https://" + secure())) {
      assertThat(output("rm -rf c && git clone -q " + url + "/repo.git c && cat c/file"))
          .isEqualTo("content\n");
    }
    assertThat(round.bash("git clone -q https://denied.test/repo.git d").stderrText())
        .contains("403");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void python(boolean inspected) throws Exception {
    needs("python3");
    open(inspected);
    String program =
        "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())";
    for (String url : List.of("http://" + plain(), "https://" + secure())) {
      assertThat(output("/usr/bin/python3 -c '" + program + "' " + url + "/hello.txt"))
          .isEqualTo("hello\n");
    }
    assertThat(round.bash("/usr/bin/python3 -c '" + program + "' https://denied.test").stderrText())
        .contains("host denied.test is not on this environment's list");
  }

  private static void zip(Path file, Map<String, String> entries) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void pip() throws Exception {
    needs("python3");
    assumeTrue(
        Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/pip")), "needs the system's pip");
    String wheel = "demo-1.0-py3-none-any.whl";
    zip(
        site.resolve("simple/demo").resolve(wheel),
        Map.of(
            "demo.py", "print('from the index')\n",
            "demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
            "demo-1.0.dist-info/WHEEL",
                "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "demo-1.0.dist-info/RECORD", ""));
    Files.writeString(
        site.resolve("simple/demo/index.html"), "<a href=\"" + wheel + "\">" + wheel + "</a>");
    open(true);
    assertThat(
            output(
                "export PIP_INDEX_URL=https://"
                    + secure()
                    + "/simple PIP_DISABLE_PIP_VERSION_CHECK=1; /usr/bin/python3 -m pip install -q"
                    + " --no-deps --target t demo && PYTHONPATH=t /usr/bin/python3 -m demo"))
        .isEqualTo("from the index\n");
  }

  @Test
  void npm() throws Exception {
    needs("npm");
    Path packed = Files.createDirectories(site.resolve("packed/package"));
    Files.writeString(packed.resolve("package.json"), "{\"name\":\"demo\",\"version\":\"1.0.0\"}");
    Files.writeString(packed.resolve("index.js"), "console.log('from the registry')");
    Files.createDirectories(site.resolve("npm"));
    Process tar =
        new ProcessBuilder("tar", "czf", "../npm/demo-1.0.0.tgz", "package")
            .directory(site.resolve("packed").toFile())
            .start();
    assertThat(tar.waitFor()).isZero();
    String registry = "https://" + secure() + "/npm/";
    Files.writeString(
        site.resolve("npm/demo"),
        """
        {"name": "demo", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {
          "name": "demo", "version": "1.0.0", "dist": {"tarball": "%sdemo-1.0.0.tgz"}}}}
        """
            .formatted(registry));
    open(true);
    assertThat(
            output(
                "npm install --silent --no-audit --no-fund --registry "
                    + registry
                    + " demo && node -e \"require('demo')\""))
        .endsWith("from the registry\n");
  }

  @Test
  void nodeFetch() throws Exception {
    needs("node");
    open(true);
    int major = Integer.parseInt(output("node -p 'process.versions.node.split(`.`)[0]'").strip());
    assumeTrue(major >= 24, "fetch of Node " + major + " knows no proxy variables, of 24 it does");
    assertThat(
            output(
                "node -e \"fetch('https://"
                    + secure()
                    + "/hello.txt').then(r => r.text()).then(t => process.stdout.write(t))\""))
        .isEqualTo("hello");
  }

  @Test
  void java() throws Exception {
    needs("java");
    needs("javac");
    open(true);
    Files.writeString(
        round.workspace().resolve("Fetch.java"),
        """
        import java.net.URI;
        import java.net.http.*;

        class Fetch {
          public static void main(String[] urls) throws Exception {
            for (String url : urls) {
              var request = HttpRequest.newBuilder(URI.create(url)).build();
              var body = HttpResponse.BodyHandlers.ofString();
              System.out.print(HttpClient.newHttpClient().send(request, body).body());
              System.out.print(new String(URI.create(url).toURL().openStream().readAllBytes()));
            }
          }
        }
        """);
    assertThat(
            output(
                "java Fetch.java http://"
                    + plain()
                    + "/hello.txt https://"
                    + secure()
                    + "/hello.txt"))
        .isEqualTo("hellohellohellohello");
  }

  @Test
  void go() throws Exception {
    needs("go");
    Path versions = site.resolve("go/example.test/demo/@v");
    Files.createDirectories(versions);
    Files.writeString(versions.resolve("v1.0.0.info"), "{\"Version\":\"v1.0.0\"}");
    Files.writeString(versions.resolve("v1.0.0.mod"), "module example.test/demo\n");
    zip(
        versions.resolve("v1.0.0.zip"),
        Map.of(
            "example.test/demo@v1.0.0/go.mod", "module example.test/demo\n",
            "example.test/demo@v1.0.0/demo.go", "package demo\n"));
    open(true);
    String proxy = "https://" + secure() + "/go";
    assertThat(
            output(
                "export PATH=$PATH:/usr/local/go/bin GOFLAGS=-modcacherw GONOSUMDB='*' GOPROXY="
                    + proxy
                    + "; go mod init x 2> /dev/null && go mod download -json example.test/demo@v1.0.0"))
        .contains("\"Version\": \"v1.0.0\"");
  }

  /** Maven cannot do anything without plugins, which this server lacks; but it asks for them. */
  @Test
  void maven() throws Exception {
    needs("mvn");
    open(true);
    assumeTrue(round.bash("mvn -v").exitCode() == 0, "this machine's Maven does not start");
    Files.writeString(
        round.workspace().resolve("settings.xml"),
        """
        <settings><mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf>
        <url>https://%s/maven</url></mirror></mirrors></settings>
        """
            .formatted(secure()));
    round.bash("mvn -B -s settings.xml example.test:demo-maven-plugin:1.0:run");
    assertThat(asked).anyMatch(path -> path.startsWith("/maven/example/test/demo-maven-plugin/"));
  }

  @Test
  void apt() throws Exception {
    needs("apt-get");
    open(true);
    Files.writeString(
        round.workspace().resolve("sources.list"), "deb http://" + plain() + "/debian x main\n");
    round.bash(
        """
        mkdir -p state/lists/partial cache/archives/partial
        apt-get -o Dir::Etc::sourcelist=$PWD/sources.list -o Dir::Etc::sourceparts=- \
          -o Dir::State=$PWD/state -o Dir::Cache=$PWD/cache -o Dir::State::status=/dev/null update
        """);
    assertThat(asked).contains("/debian/dists/x/InRelease");
  }

  /** Rustup's lies in a home folder, which a box does not see, so it gets a copy. */
  @Test
  void cargo() throws Exception {
    open(true);
    Files.copy(hostCargo(), round.workspace().resolve("cargo"));
    Files.createDirectories(site.resolve("crates"));
    Files.writeString(
        site.resolve("crates/config.json"), "{\"dl\": \"https://" + secure() + "/dl\"}");
    round.bash(
        "export CARGO_REGISTRIES_DEMO_INDEX=sparse+https://"
            + secure()
            + "/crates/; ./cargo search --registry demo x");
    assertThat(asked).contains("/crates/config.json");
  }

  private static Path hostCargo() throws Exception {
    Process which =
        new ProcessBuilder("sh", "-c", "rustup which cargo || command -v cargo")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String path = new String(which.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assumeTrue(which.waitFor() == 0, "this machine has no cargo");
    return Path.of(path).toRealPath();
  }
}
