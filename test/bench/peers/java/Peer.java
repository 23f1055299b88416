// Enciphers values with BouncyCastle, for `npm run bench -- --peers`. Arguments and lines as for the peer in Go.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.bouncycastle.crypto.fpe.FPEFF1Engine;
import org.bouncycastle.crypto.params.FPEParameters;
import org.bouncycastle.crypto.params.KeyParameter;

class Peer {
  public static void main(String[] args) throws Exception {
    byte[] key = HexFormat.of().parseHex(args[0]);
    byte[] tweak = HexFormat.of().parseHex(args[1]);
    String alphabet = args[2];
    FPEFF1Engine engine = new FPEFF1Engine();
    engine.init(true, new FPEParameters(new KeyParameter(key), alphabet.length(), tweak));
    String[] texts = Files.readString(Path.of(args[3])).trim().split("\\s+");
    byte[][] values = new byte[texts.length][];
    byte[][] tokens = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      values[i] = new byte[texts[i].length()];
      tokens[i] = new byte[texts[i].length()];
      for (int j = 0; j < values[i].length; j++) values[i][j] = (byte) alphabet.indexOf(texts[i].charAt(j));
    }
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("run")) {
        for (int i = 0; i < values.length; i++) engine.processBlock(values[i], 0, values[i].length, tokens[i], 0);
        System.out.println("done");
      } else {
        StringBuilder out = new StringBuilder();
        for (byte[] token : tokens) {
          if (out.length() > 0) out.append(' ');
          for (byte numeral : token) out.append(alphabet.charAt(numeral));
        }
        System.out.println(out);
      }
      System.out.flush();
    }
  }
}
