package dev.paddock.provider;

import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The model files in {@code PADDOCK_CACHE/models}. Nothing is created before something is kept. */
public final class LocalModelFiles {
  private static final String MODEL = ".gguf";
  private static final String SIDECAR = ".json";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,127}");

  private final Path folder;

  /**
   * @param cache the folder that {@code PADDOCK_CACHE} names
   */
  public LocalModelFiles(Path cache) {
    this.folder = cache.resolve("models");
  }

  Path folder() {
    return folder;
  }

  /** Where unfinished fetches lie. */
  Path unfinished() {
    return folder.resolve("unfinished");
  }

  /** A model's name from its file's: lower case, without the extension. */
  static String nameOf(String fileName) {
    String lower = fileName.toLowerCase(Locale.ROOT);
    String name =
        lower.endsWith(MODEL) ? lower.substring(0, lower.length() - MODEL.length()) : lower;
    if (!NAME.matcher(name).matches()) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "\"%s\" makes no model name; use letters, digits, dots, - and _ only"
              .formatted(fileName.length() > 100 ? fileName.substring(0, 100) + "…" : fileName));
    }
    return name;
  }

  Path file(String name) {
    return folder.resolve(nameOf(name) + MODEL);
  }

  private Path sidecar(String name) {
    return folder.resolve(nameOf(name) + SIDECAR);
  }

  /** By name; a file that someone put there by hand is known by its size alone. */
  public List<LocalModelFile> list() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<LocalModelFile> out = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(MODEL))
          .map(name -> name.substring(0, name.length() - MODEL.length()))
          .filter(name -> NAME.matcher(name).matches())
          .forEach(name -> load(name).ifPresent(out::add));
    } catch (IOException e) {
      throw failed(folder, e);
    }
    out.sort(Comparator.comparing(LocalModelFile::name));
    return out;
  }

  /**
   * The model of that name, if it is here.
   *
   * @throws ModelException {@code CORRUPT} when its size is not that which was fetched
   */
  public Optional<LocalModelFile> find(String name) {
    Optional<LocalModelFile> model = NAME.matcher(name).matches() ? load(name) : Optional.empty();
    model.ifPresent(this::requireWhole);
    return model;
  }

  private Optional<LocalModelFile> load(String name) {
    Path file = file(name);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      if (Files.isRegularFile(sidecar(name))) {
        LocalModelFile told = Json.read(Files.readAllBytes(sidecar(name)), LocalModelFile.class);
        return Optional.of(
            new LocalModelFile(
                name, file, told.source(), told.sha256(), told.bytes(), told.licence()));
      }
      return Optional.of(
          new LocalModelFile(
              name, file, "put there by hand", "", Files.size(file), Optional.empty()));
    } catch (IOException e) {
      throw failed(file, e);
    } catch (CoreException e) {
      throw new ModelException(
          ErrorCode.CORRUPT,
          "%s is damaged; delete it, or fetch the model again".formatted(sidecar(name)),
          e);
    }
  }

  private void requireWhole(LocalModelFile model) {
    long size;
    try {
      size = Files.size(model.file());
    } catch (IOException e) {
      throw failed(model.file(), e);
    }
    if (size != model.bytes()) {
      throw corrupt(model, "it has %d bytes instead of %d".formatted(size, model.bytes()));
    }
  }

  /**
   * Reads the whole file again.
   *
   * @throws ModelException {@code CORRUPT} when it is not what was fetched
   */
  public void verify(LocalModelFile model) {
    requireWhole(model);
    if (!model.sha256().isEmpty() && !sha256(model.file()).equals(model.sha256())) {
      throw corrupt(model, "its SHA-256 is not " + model.sha256());
    }
  }

  private static ModelException corrupt(LocalModelFile model, String why) {
    return new ModelException(
        ErrorCode.CORRUPT,
        "%s is damaged: %s; fetch it again: ./paddock models pull %s"
            .formatted(
                model.file(),
                why,
                model.ref().equals(ModelRef.EMBEDDED) ? model.ref() : model.source()));
  }

  /** False when there was none. */
  public boolean remove(String name) {
    if (!NAME.matcher(name).matches()) {
      return false;
    }
    try {
      boolean removed = Files.deleteIfExists(file(name));
      Files.deleteIfExists(sidecar(name));
      return removed;
    } catch (IOException e) {
      throw failed(file(name), e);
    }
  }

  /**
   * Moves a finished file in, replacing an older one. What is told of it comes first, so that no
   * instant shows a file with another's description.
   */
  LocalModelFile keep(
      String name, Path finished, String source, String sha256, Optional<String> licence) {
    try {
      LocalModelFile model =
          new LocalModelFile(name, file(name), source, sha256, Files.size(finished), licence);
      Path told = unfinished().resolve(name + SIDECAR);
      Files.write(told, Json.bytes(model));
      sync(finished);
      sync(told);
      Files.deleteIfExists(file(name));
      Files.move(told, sidecar(name), StandardCopyOption.ATOMIC_MOVE);
      Files.move(finished, file(name), StandardCopyOption.ATOMIC_MOVE);
      return model;
    } catch (IOException e) {
      throw failed(file(name), e);
    }
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new ModelException(ErrorCode.INTERNAL, "this Java has no SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  static String sha256(Path file) {
    MessageDigest digest = digest();
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
    return hex(digest);
  }

  static ModelException failed(Path file, IOException e) {
    String why =
        e instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : e.getClass().getSimpleName();
    boolean full = String.valueOf(e.getMessage()).contains("No space left");
    return new ModelException(
        full ? ErrorCode.DISK_FULL : ErrorCode.UNAVAILABLE,
        full
            ? "the disk of %s is full; free some space, or set PADDOCK_CACHE".formatted(file)
            : "%s: %s; PADDOCK_CACHE must be a folder that can be written".formatted(file, why),
        e);
  }
}
