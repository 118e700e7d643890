package dev.paddock.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Perl programs that try what a box must not be able to do; they end with 0 when they can. */
public final class TestingProbes {
  private TestingProbes() {}

  /**
   * Succeeds when the call returns something other than −1.
   *
   * @param name of a call that the filter knows, as the kernel spells it
   */
  public static String call(String name, String arguments) {
    return "exit(syscall(" + number(name) + ", " + arguments + ") == -1)";
  }

  static int number(String name) {
    for (Syscall call : Syscall.values()) {
      if (call.kernelName().equals(name)) {
        return call.number(Machine.THIS.architecture()).orElseThrow();
      }
    }
    throw new IllegalArgumentException("the filter knows no " + name);
  }

  public static String cloneIntoAUserNamespace() {
    return """
    my $pid = syscall(%d, 0x10000000 | 17, 0, 0, 0, 0);
    exit 0 if $pid == 0;
    exit($pid == -1);
    """
        .formatted(number("clone"));
  }

  public static String connectToSocket(String path) {
    return """
    use Socket;
    socket(S, AF_UNIX, SOCK_STREAM, 0) or exit 1;
    connect(S, pack_sockaddr_un('%s')) or exit 1;
    syswrite(S, 'x');
    """
        .formatted(path);
  }

  public static String connectToAbstractSocket(String name) {
    return """
    use Socket;
    socket(S, AF_UNIX, SOCK_STREAM, 0) or exit 1;
    exit(!connect(S, pack_sockaddr_un("\\0%s")));
    """
        .formatted(name);
  }

  public static String listenOnAbstractSocket(String name) {
    return """
    use Socket;
    socket(S, AF_UNIX, SOCK_STREAM, 0) && bind(S, pack_sockaddr_un("\\0%s"))
        && listen(S, 5) or die;
    """
        .formatted(name);
  }

  public static String traceAProcess() {
    return """
    my $child = fork;
    if ($child == 0) { sleep 60; exit }
    my $attached = syscall(%d, 16, $child, 0, 0);
    kill 'KILL', $child;
    exit($attached == -1);
    """
        .formatted(number("ptrace"));
  }

  public static String readTheMemoryOfAProcess() {
    return """
    my ($from, $to) = ('secret', ' ' x 6);
    my $at = sub { pack('QQ', unpack('Q', pack('p', $_[0])), 6) };
    my ($remote, $local) = ($at->($from), $at->($to));
    exit(syscall(%d, $$ + 0, $local, 1, $remote, 1, 0) != 6);
    """
        .formatted(number("process_vm_readv"));
  }

  public static String setUpAnIoUring() {
    return "my $parameters = \"\\0\" x 120; exit(syscall(%d, 1, $parameters) == -1)"
        .formatted(number("io_uring_setup"));
  }

  /** For x86-64: a program that calls getpid through the 32-bit entry, {@code int 0x80}. */
  public static byte[] i386() {
    String header =
        """
        7f454c4602010100 0000000000000000 02003e0001000000 7800400000000000
        4000000000000000 0000000000000000 0000000040003800 0100000000000000
        0100000005000000 0000000000000000 0000400000000000 0000400000000000
        0002000000000000 0002000000000000 0010000000000000
        """;
    String code =
        """
        b814000000 cd80
        31ff 85c0 7f02 ffc7
        b83c000000 0f05
        """;
    byte[] bytes = HexFormat.of().parseHex((header + code).replaceAll("\\s", ""));
    byte[] padded = new byte[0x200];
    System.arraycopy(bytes, 0, padded, 0, bytes.length);
    if (!new String(padded, 1, 3, StandardCharsets.US_ASCII).equals("ELF")) {
      throw new IllegalStateException("not an ELF file");
    }
    return padded;
  }

  public static final String MEMORY_BOMB =
      """
      my @blocks;
      push @blocks, 'x' x 4194304 for 1 .. 50;
      open(F, '>', '/workspace/survived');
      """;

  public static final String FORK_BOMB =
      """
      my $children = 0;
      for (1 .. 200) {
        my $child = fork;
        last unless defined $child;
        if ($child == 0) { sleep 60; exit }
        $children++;
      }
      open(F, '>', '/workspace/children');
      print F $children;
      """;

  /** For five seconds writes to the disk itself, at most 16 MiB. */
  public static final String WRITE_THROUGH =
      """
      sysopen(my $file, "big", 04010101) or die; # O_WRONLY, O_CREAT, O_SYNC
      my $end = time + 5;
      for (1 .. 1024) { syswrite($file, "x" x 16384); last if time > $end; }
      """;

  public static final String BURN =
      "my $n = 0; $n++ while $n < 1e8; open(F, '>', '/workspace/survived')";

  public static final String OPEN_FILES =
      "my @open; for (1 .. 1100) { open(my $f, '<', '/dev/null') or exit 1; push @open, $f }";
}
