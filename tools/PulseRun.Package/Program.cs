using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;

namespace PulseRun.Package;

/// <summary>
/// <c>notices [module folder] [project.assets.json] [version]</c> writes THIRD-PARTY-NOTICES.txt and bom.cdx.json into the staged module.
/// <c>pack [module folder] [output folder]</c> creates the nupkg from it, with the <see cref="ModuleFacts"/> from the standard input, and prints its path.
/// </summary>
internal static class Program
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static int Main(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["notices", string module, string assets, string version]:
                    IReadOnlyList<ShippedPackage> packages = ShippedReader.Read(module, assets);
                    File.WriteAllText(Path.Combine(module, "THIRD-PARTY-NOTICES.txt"), NoticesWriter.Write(packages), s_utf8);
                    File.WriteAllText(Path.Combine(module, "bom.cdx.json"), SbomWriter.Write(version, packages, ShippedReader.ReadOwn(module), NativeSqlite.Read(module, packages)), s_utf8);
                    return 0;
                case ["pack", string module, string output]:
                    ModuleFacts facts = JsonSerializer.Deserialize<ModuleFacts>(Console.In.ReadToEnd())
                        ?? throw new PackagingException("The standard input contains no data about the module.");
                    Console.Out.WriteLine(ModulePackage.Write(module, output, facts));
                    return 0;
                default:
                    Console.Error.WriteLine("Usage: PulseRun.Package notices <module folder> <project.assets.json> <version> | pack <module folder> <output folder>");
                    return 2;
            }
        }
        catch (PackagingException error)
        {
            // MSBuild reports a line of this format as an error.
            Console.Error.WriteLine("package : error PACK1: " + error.Message);
            return 1;
        }
    }
}
