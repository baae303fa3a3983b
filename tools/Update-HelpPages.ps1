#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Writes the generated parts of the documentation from the staged module.
.DESCRIPTION
    In docs/<Verb-Noun>.md it writes the syntax, the text of each parameter and the parameter tables. The text of a
    parameter is the XML comment in the source of the cmdlet or of its parameter group; the file that the compiler
    writes from these comments is read here. In README.md and docs/about_PulseRun.md it writes the table of error ids,
    from src/PulseRun.Core/Errors/ErrorCatalog.cs. All other text of the pages is kept.
    A cmdlet without a page gets one with TODO marks. Build first: dotnet build -c Release.
.EXAMPLE
    ./tools/Update-HelpPages.ps1
    Updates the files and returns the path of each file that it changed.
.EXAMPLE
    ./tools/Update-HelpPages.ps1 -Check
    Changes nothing and returns one line for each difference. Help.Tests.ps1 fails when there is one.
#>
[CmdletBinding()]
param(
    [string] $Module = (Join-Path $PSScriptRoot '../out/PulseRun'),
    [string] $Docs = (Join-Path $PSScriptRoot '../docs'),
    [string] $Readme = (Join-Path $PSScriptRoot '../README.md'),

    # Only the pages of these cmdlets, and the tables of error ids.
    [string[]] $Cmdlet = '*',
    [switch] $Check
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
if (-not (Test-Path $Module)) { throw "There is no module in $Module. Run dotnet build src/PulseRun.PowerShell -c Release first." }
# The commands of the module itself: Get-Command looks for a name, too, in every folder of PATH.
$exported = (Import-Module $Module -PassThru).ExportedCmdlets

$common = [System.Management.Automation.Cmdlet]::CommonParameters
# PowerShell adds these two, so no source has a comment for them.
$shared = @{
    WhatIf  = 'Shows what the command would do, without doing it.'
    Confirm = 'Prompts you for confirmation before each change. `-Confirm:$false` suppresses the prompt.'
}
$fence = '```'

function ConvertTo-Code([string] $Text) {
    # Marks parameters, with the cmdlet before them, and preference variables as code.
    [regex]::Replace($Text, '(?<![\w-])([A-Z][a-z]+-P\w+ )?-[A-Z]\w+(:\$\w+)?|\$\w+Preference\b', '`$0`')
}

function ConvertTo-Markdown([System.Xml.XmlNode] $Node) {
    # <c> becomes code, and a reference becomes the name it refers to.
    $text = foreach ($part in $Node.ChildNodes) {
        switch ($part.Name) {
            'c' { "``$($part.InnerText)``" }
            { $_ -in 'see', 'seealso' } { ($part.GetAttribute('cref') + $part.GetAttribute('langword') + $part.InnerText) -replace '^\w:(\w+\.)*' }
            { $_ -in 'paramref', 'typeparamref' } { $part.GetAttribute('name') }
            default { ConvertTo-Code $part.InnerText }
        }
    }
    ((-join $text) -replace '\s+', ' ').Trim()
}

function Get-Comments {
    $path = Join-Path $PSScriptRoot '../src/PulseRun.PowerShell/bin/Release/net8.0/PulseRun.PowerShell.xml'
    if (-not (Test-Path $path)) { throw "$path is missing. Run dotnet build src/PulseRun.PowerShell -c Release first." }
    $comments = @{}
    foreach ($member in ([xml] (Get-Content -Raw $path)).doc.members.member) {
        $summary = $member.SelectSingleNode('summary')
        if ($summary) { $comments[$member.name] = ConvertTo-Markdown $summary }
    }
    $comments
}
$comments = Get-Comments

function Get-Comment([type] $Type, [string] $Property) {
    for (; $Type; $Type = $Type.BaseType) {
        $key = "P:$($Type.FullName).$Property"
        if ($comments.ContainsKey($key)) { return $comments[$key] }
    }
    throw "-$Property of $($Type.FullName) has no XML comment. Write one in the source: it is the help text of the parameter."
}

function Get-TypeName([type] $Type) {
    $inner = [Nullable]::GetUnderlyingType($Type)
    ($inner ? $inner : $Type).Name
}

function Get-Default([object] $Instance, $Parameter) {
    if ($Parameter.SwitchParameter) { return 'False' }
    $property = $Instance.GetType().GetProperty($Parameter.Name)
    $value = $property ? $property.GetValue($Instance) : $null
    if ($null -eq $value -or $value -is [array] -or "$value" -eq '') { return 'None' }
    [string] $value
}

function Split-Line([string] $Text, [int] $Width = 100) {
    # Splits at spaces outside brackets, so that a parameter stays on one line.
    $line = ''
    foreach ($token in [regex]::Matches($Text, '\[\[?[^\s].*?\](?=\s|$)|\S+(\s<[^>]+>)?').Value) {
        if ($line -and $line.Length + 1 + $token.Length -gt $Width) { $line; $line = ' ' }
        $line = $line ? "$line $token" : $token
    }
    $line
}

function Get-Syntax($Command) {
    foreach ($set in $Command.ParameterSets) {
        "### $($set.Name)$(if ($set.IsDefault -and $Command.ParameterSets.Count -gt 1) { ' (Default)' })"
        ''
        $fence
        Split-Line "$($Command.Name) $set".TrimEnd()
        $fence
        ''
    }
}

function Get-Tables($Command, $Parameter, [object] $Instance) {
    # Parameter sets in which the parameter has the same properties share one table. Loops, because a thousand parameters in pipelines take a second.
    $groups = $(foreach ($set in $Command.ParameterSets) {
            foreach ($one in $set.Parameters) {
                if ($one.Name -eq $Parameter.Name) { [pscustomobject]@{ Set = $set.Name; Key = "$($one.IsMandatory) $($one.Position) $($one.ValueFromPipeline) $($one.ValueFromPipelineByPropertyName)"; Facts = $one } }
            }
        }) | Group-Object Key
    $wildcards = @($Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
    $values = @($Parameter.Attributes | Where-Object { $_ -is [ValidateSet] } | ForEach-Object ValidValues)
    if ($Parameter.ParameterType.IsEnum) { $values = [enum]::GetNames($Parameter.ParameterType) }
    foreach ($group in $groups) {
        $facts = $group.Group[0].Facts
        $from = @(if ($facts.ValueFromPipelineByPropertyName) { 'ByPropertyName' }; if ($facts.ValueFromPipeline) { 'ByValue' })
        "${fence}yaml"
        "Type: $(Get-TypeName $Parameter.ParameterType)"
        "Parameter Sets: $($group.Count -eq $Command.ParameterSets.Count ? '(All)' : ($group.Group.Set -join ', '))"
        "Aliases: $($Parameter.Aliases -join ', ')".TrimEnd()
        if ($values) { "Accepted values: $($values -join ', ')" }
        ''
        "Required: $($facts.IsMandatory)"
        "Position: $($facts.Position -eq [int]::MinValue ? 'Named' : $facts.Position)"
        "Default value: $(Get-Default $Instance $Parameter)"
        "Accept pipeline input: $($from ? "True ($($from -join ', '))" : 'False')"
        "Accept wildcard characters: $wildcards"
        $fence
        ''
    }
}

function Get-Parameters($Command) {
    $instance = $Command.ImplementingType::new()
    $all = $Command.Parameters.Values | Where-Object { $_.Name -notin $common } | Sort-Object { $_.Name -in 'WhatIf', 'Confirm' }, Name
    foreach ($parameter in $all) {
        "### -$($parameter.Name)"
        ''
        $shared[$parameter.Name] ?? (Get-Comment $Command.ImplementingType $parameter.Name)
        ''
        Get-Tables $Command $parameter $instance
    }
    '### CommonParameters'
    ''
    'This cmdlet supports the common parameters: -Debug, -ErrorAction, -ErrorVariable, -InformationAction, -InformationVariable, -OutVariable, -OutBuffer, -PipelineVariable, -Verbose, -WarningAction and -WarningVariable.'
    'For more, see about_CommonParameters.'
    ''
    if ($instance -is [IDisposable]) { $instance.Dispose() }
}

function Get-NewPage($Command) {
    $summary = $comments["T:$($Command.ImplementingType.FullName)"]
    @"
---
external help file: PulseRun.PowerShell.dll-Help.xml
Module Name: PulseRun
online version: https://docs-staging.pulserun.dev/api-reference/instances
schema: 2.0.0
---

# $($Command.Name)

## SYNOPSIS

$($summary ? $summary : 'TODO')

## SYNTAX

## DESCRIPTION

TODO

## EXAMPLES

### Example 1: TODO

${fence}powershell
$($Command.Name)
$fence

TODO

## PARAMETERS

## INPUTS

### None

## OUTPUTS

$(foreach ($type in $Command.OutputType) { "### $($type.Name)`n" })

## NOTES

Requests: TODO

## RELATED LINKS

- [about_PulseRun](about_PulseRun.md)
"@
}

function Get-ErrorTable {
    '| Error id | Means |'
    '|---|---|'
    $catalog = [PulseRun.ErrorIds].Assembly.GetType('PulseRun.ErrorCatalog', $true).GetProperty('Kinds').GetValue($null)
    foreach ($id in $catalog.Keys) {
        $kind = $catalog.Item($id)
        "| $id | $(ConvertTo-Code $kind.GetType().GetProperty('Means').GetValue($kind)) |"
    }
}

function Write-Page([string] $Path, [string] $Old, [string] $New) {
    if ($New -ceq $Old) { return }
    $name = [IO.Path]::GetRelativePath((Split-Path $PSScriptRoot), [IO.Path]::GetFullPath($Path)) -replace '\\', '/'
    if ($Check) { return "$name differs from the module: run tools/Update-HelpPages.ps1." }
    Set-Content -LiteralPath $Path -Value $New -NoNewline
    $name
}

function Read-Page([string] $Path) { (Get-Content -Raw -LiteralPath $Path) -replace "`r`n", "`n" }

foreach ($command in $exported.Values | Where-Object { $one = $_; $Cmdlet | Where-Object { $one.Name -like $_ } } | Sort-Object Name) {
    $path = Join-Path $Docs "$($command.Name).md"
    $old = (Test-Path $path) ? (Read-Page $path) : ''
    $page = $old ? $old : ((Get-NewPage $command) -replace "`r`n", "`n")
    $sections = [regex]::Match($page, '(?s)\A(?<head>.*?\n## SYNTAX\n)(?<syntax>.*?)(?<middle>\n## DESCRIPTION\n.*?\n## PARAMETERS\n)(?<parameters>.*?)(?<tail>\n## INPUTS\n.*)\z')
    if (-not $sections.Success) { throw "$path is not a valid cmdlet page: a section is missing or in another order." }
    $new = $sections.Groups['head'].Value + "`n" + ((Get-Syntax $command) -join "`n").TrimEnd() + "`n" +
        $sections.Groups['middle'].Value + "`n" + ((Get-Parameters $command) -join "`n").TrimEnd() + "`n" +
        $sections.Groups['tail'].Value.TrimEnd() + "`n"
    Write-Page $path $old $new
}
foreach ($file in Get-ChildItem $Docs -Filter '*-*.md') {
    if (-not $exported.ContainsKey($file.BaseName)) { "docs/$($file.Name) is not the page of any cmdlet." }
}

$errors = (Get-ErrorTable) -join "`n"
foreach ($path in $Readme, (Join-Path $Docs 'about_PulseRun.md')) {
    $old = Read-Page $path
    $place = [regex]::Match($old, '(?s)(?<=<!-- error ids: tools/Update-HelpPages\.ps1 writes this table -->\n).*?(?=<!-- /error ids -->)')
    if (-not $place.Success) { throw "$path has no markers for the table of error ids." }
    Write-Page $path $old ($old.Remove($place.Index, $place.Length).Insert($place.Index, "`n$errors`n`n"))
}
