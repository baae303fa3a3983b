# Checks conventions of the code by reflection and in the sources. A new cmdlet is covered without a change here.

BeforeAll {
    . $PSScriptRoot/Common.ps1
    $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
    # Get-Command would look into every folder of PATH, too.
    $commands = @((Get-Module PulseRun).ExportedCmdlets.Values | Sort-Object Name)
    $assembly = $commands[0].ImplementingType.Assembly
    $base = $assembly.GetType('PulseRun.PowerShell.Cmdlets.Base.PulseRunCmdlet')
    $connected = $assembly.GetType('PulseRun.PowerShell.Cmdlets.Base.ConnectedCmdlet')

    # The nouns whose -Id is not the id of an instance, or which have a connection of their own.
    $otherIds = 'PRAlert', 'PRSchedule', 'PRScheduleRun', 'PRWebhook', 'PRWebhookSignature', 'PRJob', 'PRTunnel'

    # Get-Own: returns the parameters of a cmdlet except the common ones.
    function Get-Own([System.Management.Automation.CommandInfo] $Command) { @($Command.Parameters.Values | Where-Object Name -NotIn $common) }

    # Get-Element: returns the element type of a parameter: int for int[] and for int?.
    function Get-Element([type] $Type) {
        $one = $Type.IsArray ? $Type.GetElementType() : $Type
        [System.Nullable]::GetUnderlyingType($one) ?? $one
    }

    # Get-Declared: returns the Parameter attributes of a parameter, one per parameter set.
    function Get-Declared($Parameter) { @($Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ParameterAttribute] }) }

    # The sources, with their text without comments. Strings are not changed.
    $sources = @(foreach ($file in [System.IO.Directory]::EnumerateFiles((Join-Path $Root src), '*.cs', 'AllDirectories')) {
            $path = [System.IO.Path]::GetRelativePath($Root, $file).Replace('\', '/')
            if ($path -match '/(bin|obj)/') { continue }
            [pscustomobject]@{ Path = $path; Name = [System.IO.Path]::GetFileNameWithoutExtension($file); Code = [System.IO.File]::ReadAllText($file) -replace "`r" -replace '(?m)^[ \t]*//.*$' }
        })

    # The projects and what belongs to them.
    $projects = @(Get-ChildItem $Root -Recurse -Depth 3 -Include *.csproj, *.props, *.targets)

    # Find-Code: returns the sources that match a pattern, except those whose path matches -Except.
    function Find-Code([string] $Pattern, [string] $Except = '^$', [string] $In = '.') {
        foreach ($source in $sources) { if ($source.Path -match $In -and $source.Path -notmatch $Except -and $source.Code -cmatch $Pattern) { $source.Path } }
    }
}

# One test for all cmdlets, which names each that breaks the rule: a test for each of them takes ten milliseconds more of a processor.
Describe 'Each cmdlet' {
    BeforeAll {
        $all = foreach ($command in $commands) {
            @{ Name = $command.Name; Verb = $command.Verb; Noun = $command.Noun; Command = $command; Type = $command.ImplementingType; Own = Get-Own $command; Keys = @($command.Parameters.Keys) }
        }

        # Find-Offender: runs a rule for each cmdlet, which is $_. The rule returns what is wrong.
        function Find-Offender([scriptblock] $Rule) {
            foreach ($one in $all) { $one | ForEach-Object $Rule | ForEach-Object { "$($one.Name): $_" } }
        }
    }

    It 'is found' { $all.Count | Should -BeGreaterThan 50 }

    It 'is a sealed class of its name, derived from PulseRunCmdlet' {
        Find-Offender {
            $expected = "PulseRun.PowerShell.Cmdlets.$($_.Verb)$($_.Noun -replace '^PR')Command"
            if ($_.Type.FullName -ne $expected) { "is $($_.Type), not $expected" }
            if (-not $_.Type.IsSealed) { 'is not sealed' }
            if (-not $_.Type.IsSubclassOf($base)) { 'has another base' }
        } | Should -BeNullOrEmpty
    }

    It 'declares its output, with types that a script can name' {
        Find-Offender {
            if (-not @($_.Command.OutputType).Count) { 'declares no output' }
            foreach ($output in $_.Command.OutputType) {
                if (-not $output.Type) { "$($output.Name) must be a type that is loaded" }
                elseif ($output.Type.FullName -notmatch '^(PulseRun\.\w+|System\.\w[\w.]*)$') { "$($output.Type) is no type that a script can name" }
            }
        } | Should -BeNullOrEmpty
    }

    It 'supports ShouldProcess if its verb changes something' {
        Find-Offender {
            $changes = $_.Verb -in 'Add', 'Clear', 'Copy', 'Export', 'Import', 'Invoke', 'Move', 'New', 'Protect', 'Publish', 'Remove', 'Rename', 'Reset', 'Resize', 'Restart', 'Restore', 'Resume', 'Set', 'Start', 'Stop', 'Suspend', 'Unprotect', 'Update'
            # An emulator costs nothing and ends with the session.
            if ($changes -and $_.Noun -ne 'PREmulator' -and $_.Keys -notcontains 'WhatIf') { 'has no -WhatIf' }
        } | Should -BeNullOrEmpty
    }

    It 'has -Context if and only if it can send requests' {
        Find-Offender {
            $parameter = $_.Own | Where-Object Name -EQ Context
            if (-not $_.Type.IsSubclassOf($connected)) { if ($parameter) { 'has -Context, and sends nothing' }; return }
            if (-not $parameter) { 'has no -Context'; return }
            if ($parameter.ParameterType -ne [PulseRun.Context]) { "-Context is a $($parameter.ParameterType)" }
            if ((Get-Declared $parameter).Mandatory -contains $true) { '-Context is mandatory' }
            if ((Get-Declared $parameter).Position -ne [int]::MinValue) { '-Context has a position' }
        } | Should -BeNullOrEmpty
    }

    It 'takes ids like all other cmdlets' {
        Find-Offender {
            $id = $_.Own | Where-Object Name -EQ Id
            # The ids of other objects than instances.
            if (-not $id -or $_.Noun -in $otherIds) { return }
            if ($id.ParameterType -ne [string[]]) { "-Id is a $($id.ParameterType)" }
            if ($id.Aliases -notcontains 'InstanceId') { '-Id has no alias InstanceId' }
            foreach ($declared in Get-Declared $id) { if (-not $declared.ValueFromPipeline -or -not $declared.ValueFromPipelineByPropertyName) { '-Id does not take values and properties from the pipeline' } }
        } | Should -BeNullOrEmpty
    }

    It 'takes objects like all other cmdlets' {
        Find-Offender {
            $object = $_.Own | Where-Object Name -EQ InputObject
            if (-not $object) { return }
            foreach ($declared in Get-Declared $object) { if (-not $declared.ValueFromPipeline) { '-InputObject does not take values from the pipeline' } }
            # New-PRInstance also takes the rows of a plan.
            if ($_.Noun -like 'PRInstance*' -and $_.Verb -ne 'New' -and $object.ParameterType -ne [PulseRun.InstanceReference[]]) { "-InputObject is a $($object.ParameterType)" }
        } | Should -BeNullOrEmpty
    }

    It 'has a ThrottleLimit of 1 to 256, by default 16' {
        Find-Offender {
            $throttle = $_.Own | Where-Object Name -EQ ThrottleLimit
            if (-not $throttle) { return }
            $range = $throttle.Attributes | Where-Object { $_ -is [System.Management.Automation.ValidateRangeAttribute] }
            $default = $_.Type.GetProperty('ThrottleLimit').GetValue([Activator]::CreateInstance($_.Type))
            if ("$($range.MinRange) $($range.MaxRange) $default" -ne '1 256 16') { "the limit is $($range.MinRange) to $($range.MaxRange), by default $default" }
        } | Should -BeNullOrEmpty
    }

    It 'names its parameters consistently, and has none of type bool, float or DateTime' {
        Find-Offender {
            foreach ($parameter in $_.Own) {
                $name = $parameter.Name
                if ($name -cnotmatch '^[A-Z][a-zA-Z]+$') { "-$name is no name of a parameter" }
                $element = Get-Element $parameter.ParameterType
                # A switch is a SwitchParameter, money is decimal, a time is a DateTimeOffset. A bool? is allowed for a value with three states.
                if ($parameter.ParameterType -eq [bool]) { "-$name is a bool: take a SwitchParameter" }
                if ($element -in [float], [datetime]) { "-$name is a $($element.Name)" }
                # A switch about prices is a yes or no, and no amount.
                if ($name -match 'Cost|Price|BudgetLimit' -and $element -notin [switch], [decimal]) { "-$name is money, and a $($element.Name)" }
                if ($name -cmatch '(Sec|Seconds|Gb|PerMinute|Count|ThrottleLimit)$') {
                    if ($element -notin [int], [double]) { "-$name is a number of something, and a $($element.Name)" }
                    # The range of a parameter that an empty CSV cell can omit is checked with the whole request.
                    if ($parameter.Attributes.TypeId.Name -contains 'EmptyIsUnsetAttribute') { continue }
                    if (@($parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ValidateRangeAttribute] }).Count -ne 1) { "-$name has no limits" }
                }
                if ($name -cmatch '^(Since|Until|Before|After)$' -and $element -ne [DateTimeOffset]) { "-$name is a $($element.Name)" }
            }
        } | Should -BeNullOrEmpty
    }

    It 'has positional parameters only for its main input' {
        Find-Offender {
            foreach ($set in $_.Command.ParameterSets) {
                $count = @($set.Parameters | Where-Object { $_.Position -ge 0 -and $_.Name -notin $common }).Count
                if ($count -gt 2) { "$count parameters have a position in $($set.Name)" }
            }
        } | Should -BeNullOrEmpty
    }
}

Describe 'All cmdlets together' {
    It 'use the same type and aliases for a parameter of the same name' {
        # -For is a state in Wait-PRInstance and a time in other cmdlets.
        # The type of -InputObject depends on the noun.
        $groups = $commands | Where-Object Noun -NotIn $otherIds | ForEach-Object { $c = $_; Get-Own $c | ForEach-Object { [pscustomobject]@{ Cmdlet = $c.Name; Name = $_.Name; Element = (Get-Element $_.ParameterType); Aliases = $_.Aliases -join ' ' } } } |
            Where-Object Name -NotIn 'For', 'InputObject' | Group-Object Name
        $wrong = foreach ($group in $groups) {
            if (@($group.Group.Element | Sort-Object -Unique).Count -ne 1) { "-$($group.Name) is $(($group.Group | ForEach-Object { "$($_.Element) in $($_.Cmdlet)" }) -join ', ')" }
            if (@($group.Group.Aliases | Sort-Object -Unique).Count -ne 1) { "-$($group.Name) has other aliases in one of $($group.Group.Cmdlet -join ', ')" }
        }
        $wrong | Should -BeNullOrEmpty
        @($groups).Count | Should -BeGreaterThan 50
    }

    It 'have no alias that is the name of another parameter' {
        $wrong = foreach ($command in $commands) {
            $names = @(Get-Own $command | ForEach-Object { $_.Name; $_.Aliases })
            if (@($names | Sort-Object -Unique).Count -ne $names.Count) { "$($command.Name): $names" }
        }
        $wrong | Should -BeNullOrEmpty
    }
}

Describe 'The public types' {
    BeforeAll {
        $core = [PulseRun.Instance].Assembly
        $public = $core.GetExportedTypes()
        $documented = @{}
        foreach ($member in ([xml](Get-Content -Raw "$ModulePath/bin/net8.0/PulseRun.Core.xml")).doc.members.member) { $documented[$member.name] = $member.InnerText.Trim() + $(if ($member.InnerXml -match '<inheritdoc') { 'inherited' }) }
    }

    It 'have documentation, with each of their properties' {
        $flags = [System.Reflection.BindingFlags] 'Public, Instance, Static, DeclaredOnly'
        $wrong = foreach ($one in $public | Where-Object { -not $_.IsNested }) {
            if (-not $documented["T:$($one.FullName)"]) { "$one" }
            foreach ($property in $one.GetProperties($flags) | Where-Object { $_.GetIndexParameters().Count -eq 0 -and $_.Name -ne 'EqualityContract' }) {
                # The property of a record parameter is documented at the parameter.
                $explained = $documented["P:$($one.FullName).$($property.Name)"] ?? @($documented.Keys | Where-Object { $_ -like "M:$($one.FullName).#ctor*" })
                if (-not $explained) { "$($one.FullName).$($property.Name)" }
            }
            if ($one.IsEnum) { foreach ($value in [enum]::GetNames($one)) { if (-not $documented["F:$($one.FullName).$value"]) { "$($one.FullName).$value" } } }
        }
        $wrong | Should -BeNullOrEmpty
        $public.Count | Should -BeGreaterThan 50
    }

    It 'are documented in sentences, as the documentation of .NET is: no summary is a bare clause' {
        $documented.GetEnumerator() | Where-Object { $_.Value -match '^(What|Whether|Who|Where|When|How|Which|That)\b' } | ForEach-Object Key | Should -BeNullOrEmpty
    }

    It 'are sealed or abstract' {
        $public | Where-Object { $_.IsClass -and -not $_.IsSealed -and -not $_.IsAbstract } | ForEach-Object FullName | Should -BeNullOrEmpty
    }

    It 'represent money as decimal and times as DateTimeOffset' {
        $wrong = foreach ($property in $public.GetProperties()) {
            $element = Get-Element $property.PropertyType
            if ($element -in [datetime], [float] -or ($property.Name -match 'Cost|Price|Balance|PerHour|Amount|Saved' -and $element -eq [double])) { "$($property.DeclaringType).$($property.Name) is a $element" }
        }
        $wrong | Should -BeNullOrEmpty
    }
}

Describe 'The sources' {
    It 'are found' { $sources.Count | Should -BeGreaterThan 100 }

    It 'have the name of their main type; small related types may be in the same file' {
        $wrong = foreach ($source in $sources) {
            # A resource of the API is one file, named after it: its parts of the types that every resource adds to.
            if ($source.Path -match '/Resources/' -and $source.Code -cmatch '(?m)^internal (static |sealed )?partial class ') { continue }
            $declared = @([regex]::Matches($source.Code, '(?m)^(?:public|internal)(?: (?:sealed|static|abstract|partial|readonly|ref))* (?:record struct|record|class|struct|interface|enum|delegate \w+) (\w+)') | ForEach-Object { $_.Groups[1].Value } | Sort-Object -Unique)
            if ($declared -notcontains $source.Name.Split('.')[0]) { "$($source.Path): $declared" }
        }
        $wrong | Should -BeNullOrEmpty
    }

    # A cancelled job asks for a key within 15 seconds, which no host can do.
    It 'do not write to the console, except in Views' { Find-Code '\bConsole\.(Write|Out|Error|ReadLine|ReadKey)' '^src/PulseRun.Views/|/JobQueue\.cs$' | Should -BeNullOrEmpty }

    # Local time is used only for "today" and "this month" of the user, and for times in the views.
    It 'use no local time, except <_>' -ForEach 'MeasureCostCommand\.cs$|^src/PulseRun\.Views/' { Find-Code '\bDateTime(Offset)?\.(Now|Today)\b|\.ToLocalTime\(\)|\bLocalDateTime\b' $_ | Should -BeNullOrEmpty }

    It 'use no clock, file, network or process in Core' {
        # Formatting computes the uptime at the time of display.
        Find-Code '\bUtcNow\b(?! (=>|\{))|\bStopwatch\b' '/Models/' '^src/PulseRun\.Core/' | Should -BeNullOrEmpty
        Find-Code '\b(File|Directory|HttpClient|Socket|Process|Environment)\.\w|\bnew (Random|HttpClient|Process|FileStream)\b|\bThread\b' '^$' '^src/PulseRun\.Core/' | Should -BeNullOrEmpty
    }

    # A tunnel and the end of a job have threads of their own, and the notes of a list are read beside its request.
    It 'block the pipeline only in Running' { Find-Code 'GetAwaiter\(\)\.GetResult\(\)|\.Wait\(\)|\basync void\b' '/Running/|/(TunnelConnection|JobRunner|FleetNotes)\.cs$' '^src/PulseRun\.PowerShell/' | Should -BeNullOrEmpty }

    It 'name no type of a private library in a cmdlet' { Find-Code '^using (Refit|Polly|Microsoft\.Data|SQLitePCL|Spectre|OxyPlot|(EmulatorLibrary::)?PulseRun\.(Client|Store|Emulator|Views))\b' '/Loading/' '^src/PulseRun\.PowerShell/' | Should -BeNullOrEmpty }

    It 'have two bases of cmdlets, and one for instances' {
        $assembly.GetTypes() | Where-Object { $_.IsAbstract -and $_.IsSubclassOf([System.Management.Automation.Cmdlet]) } | ForEach-Object Name | Sort-Object |
            Should -Be 'ConnectedCmdlet', 'InstanceInput', 'PulseRunCmdlet'
        # Features that some cmdlets share are parts of a cmdlet (composition), not further base classes.
        foreach ($command in $commands) {
            $depth = 0
            for ($type = $command.ImplementingType; $type -ne [System.Management.Automation.PSCmdlet]; $type = $type.BaseType) { $depth++ }
            $depth | Should -BeIn 2, 3, 4 -Because $command.Name
        }
    }

    It 'keep the folder in the namespace: <_>' -ForEach 'Cmdlets', 'Cmdlets/Base', 'Cmdlets/Parameters', 'Running', 'Fleet', 'Session', 'Ssh' {
        $folder = $_
        $found = @($sources | Where-Object Path -Match "^src/PulseRun\.PowerShell/$folder/[^/]+$")
        $found | Should -Not -BeNullOrEmpty
        $found | Where-Object Code -NotMatch "(?m)^namespace PulseRun\.PowerShell\.$([regex]::Escape($folder.Replace('/', '.')));" | ForEach-Object Path | Should -BeNullOrEmpty
    }

    It 'have no regions and no open tasks' { Find-Code '#region|\bTODO\b|\bHACK\b|throw new NotImplementedException' | Should -BeNullOrEmpty }

    It 'have the version of each package in one place' {
        $projects | Where-Object Extension -EQ .csproj | Select-String '<PackageReference[^>]* Version=' | ForEach-Object Path | Should -BeNullOrEmpty
    }

    It 'lock the packages of every project, and CI restores in locked mode' {
        # tests/Hosts/Packages.csproj references nothing: it downloads exact versions.
        $locked = @($projects | Where-Object { $_.Extension -eq '.csproj' -and $_.FullName -notmatch '[\\/](bin|obj|out)[\\/]|Hosts[\\/]Packages' })
        $locked.Count | Should -BeGreaterThan 10
        $locked | Where-Object { (Get-Content -Raw (Join-Path $_.DirectoryName packages.lock.json) -ErrorAction Ignore) -notmatch '"dependencies":\s*\{\s*"' } | ForEach-Object FullName | Should -BeNullOrEmpty
        Get-Content -Raw "$Root/.ci/run" | Should -Match 'RestoreLockedMode=true'
        Get-Content -Raw "$Root/Directory.Build.props" | Should -Match '<NuGetAudit>true</NuGetAudit>'
    }

    It 'contain no version except that of the manifest' {
        $projects | Select-String '<(Version|VersionPrefix|AssemblyVersion|FileVersion|PackageVersion)>\s*\d' | ForEach-Object Path | Should -BeNullOrEmpty
    }
}

Describe 'The walk of <Cmdlet> in docs/dev/architecture.md' -ForEach @{ Cmdlet = 'Stop-PRInstance'; Client = 'PulseRunClient' }, @{ Cmdlet = 'New-PRInstance'; Client = 'Launcher' } {
    BeforeAll {
        $section = [regex]::Match((Get-Content -Raw "$Root/docs/dev/architecture.md"), "(?ms)^## The walk of ``$Cmdlet .*?(?=^## )").Value
        # A row has the number of a stop, two numbers, or a range.
        $stops = [regex]::Matches($section, '(?m)^\| (?<from>\d*)(?:(?:, | to )(?<to>\d+))? ?\| (&nbsp;)*`(?<type>\w+)(\.(?<method>\w+))?`')
    }

    It 'has at most 22 stops' {
        $last = 0
        foreach ($stop in $stops | Where-Object { $_.Groups['from'].Length }) {
            [int] $stop.Groups['from'].Value | Should -Be ($last + 1)
            $last = [int] ($stop.Groups['to'].Success ? $stop.Groups['to'].Value : $stop.Groups['from'].Value)
        }
        $last | Should -BeIn (10..22)
    }

    It 'has at most 10 stops before the client' {
        $client = @($stops | Where-Object { $_.Groups['type'].Value -eq $Client })[0]
        [int] $client.Groups['from'].Value | Should -BeLessOrEqual 11
    }

    It 'names existing methods' {
        foreach ($stop in $stops | Where-Object { $_.Groups['method'].Success }) {
            $type, $method = $stop.Groups['type'].Value, $stop.Groups['method'].Value
            # A type may have its parts in several files.
            $source = @($sources | Where-Object { $_.Code -cmatch "(?m)^(public|internal) .*\b(class|record|struct|interface) $type\b" })
            $source | Should -Not -BeNullOrEmpty -Because "$type.$method is a stop"
            $source.Code -join "`n" | Should -MatchExactly "\b$method[(<]" -Because "$type.$method is a stop"
        }
    }
}

Describe 'The error ids' {
    It 'are described in the README and in about_PulseRun' {
        # UnexpectedError is for defects of the module itself.
        $ids = @([PulseRun.ErrorIds].GetFields().Name | Where-Object { $_ -ne 'UnexpectedError' })
        $ids.Count | Should -BeGreaterThan 20
        foreach ($page in 'README.md', 'docs/about_PulseRun.md') {
            $text = Get-Content -Raw "$Root/$page"
            $ids | Where-Object { $text -cnotmatch "\b$_\b" } | Should -BeNullOrEmpty -Because "$page must say what each id means"
        }
    }
}
