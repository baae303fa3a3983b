using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace PulseRun.Conventions.Tests;

/// <summary>
/// Checks that a namespace is the project and the folder, with two exceptions. Types that scripts name (Core/Models and Core/Errors) are in the namespace PulseRun.
/// And a part of a type is in the namespace of that type: a resource adds its rows to Operations, its methods to PulseRunClient and, beside its model, its paths to ApiPaths and its methods to IPulseRunClient.
/// </summary>
public partial class NamespaceTests
{
    private static readonly string[] s_public = ["src/PulseRun.Core/Models/", "src/PulseRun.Core/Errors/", "src/PulseRun.Core/Resources/"];

    /// <summary>The files that take the place of those of the same name in the contract tests of the local store.</summary>
    private static readonly string[] s_contract = ["tests/PulseRun.Store.Postgres.Tests/Outside.cs", "tests/PulseRun.Store.Postgres.Tests/StoreFactory.cs", "tests/PulseRun.Store.Postgres.Tests/TempFolder.cs"];

    [Fact]
    public void Namespace_IsProjectAndFolder()
    {
        var wrong = new List<string>();
        int seen = 0;
        foreach (string path in Repository.Files(["src", "tests", "tools", "bench"], ".cs"))
        {
            if (Declaration().Match(Repository.Read(path)) is not { Success: true } declared)
                continue;
            seen++;
            // The compiler (for attributes that net472 lacks) or a host requires these names.
            if (Foreign().IsMatch(declared.Groups[1].Value))
                continue;
            string expected = s_contract.Contains(path) ? "PulseRun.Store.Tests"
                : s_public.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)) ? "PulseRun"
                : path.StartsWith("src/PulseRun.Client/Resources/", StringComparison.Ordinal) && Repository.Read(path).Contains("partial class PulseRunClient", StringComparison.Ordinal) ? "PulseRun.Client"
                : ExpectedNamespace(path);
            if (declared.Groups[1].Value != expected)
                wrong.Add(path + ": " + declared.Groups[1].Value + ", expected " + expected);
        }
        Assert.InRange(seen, 250, int.MaxValue);
        Assert.Empty(wrong);
    }

    /// <summary>A root namespace that differs from the folder would make editors create new files in another namespace than the test above requires.</summary>
    [Fact]
    public void Project_HasNoRootNamespaceOfItsOwn()
    {
        List<string> own = [.. Repository.Files(["src", "tests", "tools", "bench"], ".csproj", ".props", ".targets").Where(static path => Repository.Read(path).Contains("<RootNamespace>", StringComparison.Ordinal))];
        Assert.Empty(own);
    }

    [Fact]
    public void PublicTypesOfCore_AreInTheNamespaceThatScriptsName()
    {
        var core = typeof(Instance).Assembly;
        Assert.Empty(core.GetExportedTypes().Where(static type => type.Namespace != "PulseRun").Select(static type => type.FullName).Except(s_seams));
        // These folders contain nothing else; their internal types serve the models.
        var declaredElsewhere = Repository.Files(["src"], ".cs").Where(static path => !s_public.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
            .Where(static path => Declaration().Match(Repository.Read(path)) is { Success: true } m && m.Groups[1].Value == "PulseRun");
        Assert.Empty(declaredElsewhere);
    }

    /// <summary>The types that are public only because the signatures of the public base classes of cmdlets contain them.</summary>
    private static readonly string[] s_seams = ["PulseRun.Core.Client.ICallObserver"];

    private static string ExpectedNamespace(string path)
    {
        string folder = Path.GetDirectoryName(path)!.Replace('\\', '/');
        // These files are compiled into several test projects.
        if (folder is "tests/Shared" or "tests/Shared/Postgres")
            return "PulseRun.Tests.Shared";
        string project = folder;
        while (Directory.GetFiles(Path.Combine(Repository.Root, project), "*.csproj").Length == 0)
            project = Path.GetDirectoryName(project) is { Length: > 0 } up ? up.Replace('\\', '/') : throw new InvalidOperationException(path + " belongs to no project.");
        string name = Path.GetFileNameWithoutExtension(Directory.GetFiles(Path.Combine(Repository.Root, project), "*.csproj").Single());
        return name + folder[project.Length..].Replace('/', '.');
    }

    [GeneratedRegex(@"^(?:System|Microsoft)(?:\.|$)")]
    private static partial Regex Foreign();

    [GeneratedRegex(@"(?m)^namespace ([\w.]+)")]
    private static partial Regex Declaration();
}
