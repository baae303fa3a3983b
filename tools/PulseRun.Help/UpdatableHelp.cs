using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace PulseRun.Help;

/// <summary>Writes the files that Update-Help and Save-Help look for at the address HelpInfoURI of the manifest, and the one by which they recognise the version that a module has.</summary>
/// <param name="module">The name of the module.</param>
/// <param name="guid">The GUID of the manifest.</param>
/// <param name="version">The version of the manifest, with four parts.</param>
/// <param name="address">The HelpInfoURI of the manifest.</param>
internal sealed class UpdatableHelp(string module, string guid, string version, string address)
{
    private const string Culture = "en-US";

    private static readonly XNamespace s_names = "http://schemas.microsoft.com/powershell/help/2010/05";

    // A zip file cannot hold an earlier time. A fixed one makes the same bytes of the same files.
    private static readonly DateTimeOffset s_time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a manifest. Its RootModule is an expression, so that only single values are read.</summary>
    public static UpdatableHelp Read(string manifest)
    {
        string text = File.ReadAllText(manifest);
        string Value(string key) => Regex.Match(text, @"(?m)^\s*" + key + @"\s*=\s*'([^']+)'") is { Success: true } found
            ? found.Groups[1].Value
            : throw new PageException(Path.GetFileName(manifest), "it has no " + key + ".");
        string address = Value("HelpInfoURI");
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme != Uri.UriSchemeHttps || !address.EndsWith('/'))
            throw new PageException(Path.GetFileName(manifest), "HelpInfoURI must be an https address that ends with a slash.");
        var version = Version.Parse(Value("ModuleVersion"));
        return new UpdatableHelp(Path.GetFileNameWithoutExtension(manifest), Value("GUID"), new Version(version.Major, version.Minor, Math.Max(0, version.Build), Math.Max(0, version.Revision)).ToString(), address);
    }

    /// <summary>Writes the information beside the help of the module, and both files for the server.</summary>
    /// <param name="help">The folder of the help files, which is below the folder of the module.</param>
    /// <param name="served">The folder whose files belong at the address.</param>
    public void Write(string help, string served)
    {
        Directory.CreateDirectory(served);
        string information = module + "_" + guid + "_HelpInfo.xml";
        using (var writer = XmlWriter.Create(Path.Combine(served, information), new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) }))
            Information().Save(writer);
        File.Copy(Path.Combine(served, information), Path.Combine(help, "..", information), overwrite: true);
        using FileStream file = File.Create(Path.Combine(served, module + "_" + guid + "_" + Culture + "_HelpContent.zip"));
        using var archive = new ZipArchive(file, ZipArchiveMode.Create);
        foreach (string path in Directory.GetFiles(help).OrderBy(static path => path, StringComparer.Ordinal))
        {
            ZipArchiveEntry entry = archive.CreateEntry(Path.GetFileName(path), CompressionLevel.Optimal);
            entry.LastWriteTime = s_time;
            using Stream to = entry.Open();
            using FileStream from = File.OpenRead(path);
            from.CopyTo(to);
        }
    }

    private XDocument Information() => new(new XElement(s_names + "HelpInfo",
        new XElement(s_names + "HelpContentURI", address),
        new XElement(s_names + "SupportedUICultures",
            new XElement(s_names + "UICulture", new XElement(s_names + "UICultureName", Culture), new XElement(s_names + "UICultureVersion", version)))));
}
