package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewImageTest {
  @TempDir Path temp;
  private Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    folder = Files.createDirectories(temp.resolve("workspace"));
    workspace = Workspace.open(folder, List.of());
  }

  @AfterEach
  void close() {
    workspace.close();
  }

  private ToolResult view(String path, boolean modelSees) throws InterruptedException {
    return new ViewImageTool(workspace, () -> modelSees)
        .run(
            new ToolInvocation(
                new SessionId("sesn_1"),
                new EventId("sevt_1"),
                Json.object().put("path", path),
                Duration.ofSeconds(120),
                ToolInvocation.Progress.NONE));
  }

  private void assertRefused(byte[] bytes, String why) throws Exception {
    Files.write(folder.resolve("file"), bytes);
    ToolResult result = view("file", true);
    assertThat(result.isError()).isTrue();
    assertThat(ContentBlock.textOf(result.content())).contains(why);
  }

  private static byte[] image(String format, int width, int height) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, bytes);
    return bytes.toByteArray();
  }

  private static byte[] webp(String kind, int... tail) {
    ByteBuffer bytes = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(22);
    bytes.put("WEBP".getBytes(StandardCharsets.US_ASCII));
    bytes.put(kind.getBytes(StandardCharsets.US_ASCII)).putInt(10);
    for (int each : tail) {
      bytes.put((byte) each);
    }
    return bytes.array();
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif"})
  void anImageIsShownByWhatItIsAndNotByItsName(String format) throws Exception {
    byte[] bytes = image(format, 31, 17);
    Files.write(folder.resolve("photo.txt"), bytes);
    assertThat(view("/workspace/photo.txt", true))
        .isEqualTo(
            new ToolResult(
                List.of(
                    new ContentBlock.Image(
                        Json.object()
                            .put("type", "base64")
                            .put("media_type", "image/" + format)
                            .put("data", Base64.getEncoder().encodeToString(bytes)))),
                false));
    assertThat(ImageHeader.of(bytes)).contains(new ImageHeader("image/" + format, 31, 17));
  }

  @Test
  void readsTheThreeFormsOfWebp() {
    assertThat(ImageHeader.of(webp("VP8 ", 0, 0, 0, 0x9d, 1, 0x2a, 31, 0, 17, 0)))
        .contains(new ImageHeader("image/webp", 31, 17));
    assertThat(ImageHeader.of(webp("VP8L", 0x2f, 30, 0, 4, 0)))
        .contains(new ImageHeader("image/webp", 31, 17));
    assertThat(ImageHeader.of(webp("VP8X", 0, 0, 0, 0, 30, 0, 0, 16, 0, 0)))
        .contains(new ImageHeader("image/webp", 31, 17));
  }

  @Test
  void otherFilesAreRefusedWithWords() throws Exception {
    String svg = "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    assertRefused(svg.getBytes(StandardCharsets.UTF_8), "an SVG drawing is text");
    assertRefused("\ufeff <SVG>".getBytes(StandardCharsets.UTF_8), "an SVG drawing is text");
    assertRefused("BM0000".getBytes(StandardCharsets.UTF_8), "no PNG, JPEG, GIF or WebP");
    assertRefused(new byte[0], "no PNG, JPEG, GIF or WebP");
    assertRefused(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, "is damaged");
  }

  @Test
  void largeImagesAreRefusedUnread() throws Exception {
    byte[] wide = image("png", 10, 10);
    ByteBuffer.wrap(wide).putInt(16, ViewImageTool.MAX_SIDE + 1);
    assertRefused(wide, "has 8,001 x 10 pixels");
    ByteBuffer.wrap(wide).putInt(16, -1);
    assertRefused(wide, "has 4,294,967,295 x 10 pixels");
    assertRefused(new byte[ViewImageTool.MAX_BYTES + 1], "has 5,242,881 bytes, more than");
  }

  @Test
  void aModelThatSeesNothingIsTold() throws Exception {
    Files.write(folder.resolve("a.png"), image("png", 1, 1));
    assertThat(ContentBlock.textOf(view("a.png", false).content()))
        .isEqualTo(
            "this session's model does not see images; look at the file with a program in bash");
  }

  @Test
  void nothingOutsideIsShown() throws Exception {
    Files.write(temp.resolve("secret.png"), image("png", 1, 1));
    Files.createSymbolicLink(folder.resolve("link.png"), temp.resolve("secret.png"));
    assertThat(view("link.png", true).isError()).isTrue();
    assertThat(view("../secret.png", true).isError()).isTrue();
    assertThat(view("none.png", true).isError()).isTrue();
    assertThat(view(".", true).isError()).isTrue();
  }

  @Test
  void noBytesConfuseTheHeader() throws IOException {
    List<byte[]> starts = List.of(image("png", 3, 3), image("jpeg", 3, 3), image("gif", 3, 3));
    int sized = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = starts.get(seed % 3).clone();
      for (int i = 0; i < 8; i++) {
        bytes[random.nextInt(Math.min(bytes.length, 200))] = (byte) random.nextInt();
      }
      byte[] cut = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      sized += ImageHeader.of(cut).isPresent() ? 1 : 0;
    }
    assertThat(sized).isPositive();
  }
}
